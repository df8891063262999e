// Back and Forward: the run to which the address bar leads now is shown, or the empty page.
window.addEventListener('popstate', () => {
  const run = new URLSearchParams(location.search).get('run') ?? '';
  if (run === document.body.dataset.run) return;
  delete document.body.dataset.run;
  document.body.dataset.visited = '';
  trigger('click');
});
