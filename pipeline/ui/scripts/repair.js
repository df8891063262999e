// A click on Old or New reports the page that is to stay, or to be taken over.
element.addEventListener('click', event => {
  for (const action of ['old', 'new']) {
    const chosen = event.target.closest(`[data-${action}]`);
    if (chosen) return trigger('click', { [action]: Number(chosen.dataset[action]) });
  }
});
