// Shows the pages' images beside their text, or the text alone; the browser keeps the choice.
shown => {
  document.body.classList.toggle('with-pages', Boolean(shown));
  try { localStorage.setItem('folio-pages', shown ? 'yes' : 'no'); } catch (error) {}
}
