// Copies the whole Markdown file, of which the page shows a few pages.
element.addEventListener('click', async event => {
  const button = event.target.closest('[data-copy-document]');
  if (!button) return;
  const text = fetch(button.dataset.copyDocument).then(answer => {
    if (!answer.ok) throw new Error(answer.statusText);
    return answer.text();
  });
  try {
    // Safari only lets a click write to the clipboard, so the text is handed over as a promise.
    const blob = text.then(whole => new Blob([whole], { type: 'text/plain' }));
    await navigator.clipboard.write([new ClipboardItem({ 'text/plain': blob })]);
    const characters = (await text).length.toLocaleString(document.documentElement.lang);
    button.textContent = button.dataset.copied.replace('#', characters);
  } catch (error) { button.textContent = button.dataset.notCopied; }
});
