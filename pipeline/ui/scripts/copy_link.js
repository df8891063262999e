// Copies one of the links to a run. Escape, and a click elsewhere, close the box around them.
const close = () => element.querySelector('details')?.removeAttribute('open');
element.addEventListener('click', async event => {
  const button = event.target.closest('[data-link]');
  if (!button) return;
  const link = new URL(location.href), name = button.textContent;
  link.search = '?run=' + encodeURIComponent(button.dataset.link);
  try {
    await navigator.clipboard.writeText(link.href);
    button.textContent = button.dataset.copied;
    setTimeout(() => { button.textContent = name; }, 2000);
  } catch (error) { window.prompt(name, link.href); }
});
element.addEventListener('keydown', event => {
  if (event.key !== 'Escape') return;
  close();
  element.querySelector('summary')?.focus();
});
const outside = event => {
  if (!element.isConnected) document.removeEventListener('click', outside);
  else if (!element.contains(event.target)) close();
};
document.addEventListener('click', outside);
