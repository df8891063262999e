// Once the page has loaded: whether pages' images are shown, as chosen before; else where there is room for them.
() => {
  let chosen = null;
  try { chosen = localStorage.getItem('folio-pages'); } catch (error) {}
  const shown = chosen ? chosen === 'yes' : innerWidth >= 1100;
  document.body.classList.toggle('with-pages', shown);
  return shown;
}
