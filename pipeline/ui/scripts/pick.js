// A click on a row or cell reports its position; so does one that removes a row's document, or shortens it.
element.addEventListener('click', event => {
  for (const action of ['remove', 'shorten', 'pick']) {
    const picked = event.target.closest(`[data-${action}]`);
    if (picked) return trigger('click', { [action]: Number(picked.dataset[action]) });
  }
});
