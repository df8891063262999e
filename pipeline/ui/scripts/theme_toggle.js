// The masthead's button switches between light and dark; the browser keeps the choice.
element.addEventListener('click', event => {
  if (!event.target.closest('[data-theme]')) return;
  const dark = document.body.classList.toggle('dark');
  try { localStorage.setItem('folio-theme', dark ? 'dark' : 'light'); } catch (error) {}
});
