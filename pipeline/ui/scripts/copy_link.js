// Copies the link to a run.
element.addEventListener('click', async event => {
  const button = event.target.closest('[data-link]');
  if (!button) return;
  const link = new URL(location.href);
  link.search = '?run=' + encodeURIComponent(button.dataset.link);
  try { await navigator.clipboard.writeText(link.href); button.textContent = 'Copied'; }
  catch (error) { window.prompt('Link to this run', link.href); }
});
