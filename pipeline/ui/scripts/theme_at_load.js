// Runs once when the page has loaded; a link's ?__theme= wins over what was chosen before.
() => {
  if (new URLSearchParams(location.search).has('__theme')) return;
  let chosen = null;
  try { chosen = localStorage.getItem('folio-theme'); } catch (error) {}
  if (chosen) document.body.classList.toggle('dark', chosen === 'dark');
}
