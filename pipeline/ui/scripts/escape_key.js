// Escape closes a receipt.
document.addEventListener('keydown', event => {
  if (event.key === 'Escape' && element.querySelector('.drawer')) trigger('click', { close: true });
});
