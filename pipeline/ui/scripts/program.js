// The examples name the address at which this page was opened, and can be copied.
const fill = () => element.querySelectorAll('code').forEach(code => {
  if (code.textContent.includes('ADDRESS')) {
    code.textContent = code.textContent.replaceAll('ADDRESS', location.origin + location.pathname.replace(/\/$/, ''));
  }
});
fill();
new MutationObserver(fill).observe(element, { childList: true, subtree: true });
element.addEventListener('click', async event => {
  const button = event.target.closest('[data-copy-snippet]');
  if (!button) return;
  try {
    await navigator.clipboard.writeText(button.parentElement.querySelector('code').textContent);
    button.textContent = button.dataset.copied;
  } catch (error) { button.textContent = button.dataset.notCopied; }
});
