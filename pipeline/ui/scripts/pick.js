// A click on a row or cell reports its position.
element.addEventListener('click', event => {
  const picked = event.target.closest('[data-pick]');
  if (picked) trigger('click', { pick: Number(picked.dataset.pick) });
});
