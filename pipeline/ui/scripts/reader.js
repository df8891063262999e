// Beside a page's text lies its image with a box around each element. A click on a box, or Enter, leads to the element in
// the text; a click in the text, or Escape there, leads to its box. Arrow keys go from box to box in reading order.
const letters = text => text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '');
const BLOCKS = 'h1, h2, h3, h4, h5, h6, p, li, table, pre, img, .formula, .left-out';
const pairs = leaf => {
  if (leaf.pairs) return leaf.pairs;
  const blocks = [...leaf.querySelectorAll('.sheet')].flatMap(sheet => [...sheet.querySelectorAll(BLOCKS)])
    .filter(block => !block.parentElement.closest('table') && !block.querySelector(':scope > p'));
  leaf.pairs = new Map();
  let next = 0;
  leaf.querySelectorAll('.region').forEach(box => {
    const { kind, text } = box.dataset, start = letters(text).slice(0, 24);
    const fits = block => kind === 'table' ? block.tagName === 'TABLE'
      : kind === 'picture' ? block.matches('img, .left-out')
      : start !== '' && letters(block.textContent).startsWith(start);
    let at = blocks.findIndex((block, place) => place >= next && fits(block));
    if (at < 0) at = blocks.findIndex(fits);
    if (at < 0) return;
    leaf.pairs.set(box, blocks[at]);
    next = at + 1;
  });
  return leaf.pairs;
};
const mark = (box, block) => {
  element.querySelectorAll('.marked').forEach(old => old.classList.remove('marked'));
  [box, block].forEach(one => one?.classList.add('marked'));
};
const toText = box => {
  const block = pairs(box.closest('.leaf')).get(box);
  mark(box, block);
  if (!block) return;
  block.tabIndex = -1;
  block.focus({ preventScroll: true });
  block.scrollIntoView({ behavior: 'smooth', block: 'nearest' });
};
const toBox = (block, focus) => {
  const leaf = block.closest('.leaf');
  const found = leaf && [...pairs(leaf)].find(([, other]) => other === block || other.contains(block) || block.contains(other));
  if (!found || !found[0].offsetParent) return false;
  mark(...found);
  if (focus) found[0].focus();
  else found[0].scrollIntoView({ behavior: 'smooth', block: 'nearest' });
  return true;
};
element.addEventListener('click', async event => {
  const copy = event.target.closest('[data-copy-page]');
  if (copy) {
    try { await navigator.clipboard.writeText(copy.dataset.copyPage); copy.textContent = copy.dataset.copied; }
    catch (error) { copy.textContent = copy.dataset.notCopied; }
    return;
  }
  const box = event.target.closest('.region');
  if (box) return toText(box);
  const block = event.target.closest('.sheet :is(' + BLOCKS + ')');
  if (block && !event.target.closest('a') && !String(getSelection())) toBox(block, false);
});
element.addEventListener('keydown', event => {
  const box = event.target.closest('.region');
  if (!box) {
    if (event.key === 'Escape' && event.target.closest('.sheet') && toBox(event.target, true)) event.preventDefault();
    return;
  }
  const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const boxes = [...box.parentElement.children], to = boxes[boxes.indexOf(box) + step];
  if (!to) return;
  box.tabIndex = -1;
  to.tabIndex = 0;
  to.focus();
  mark(to, pairs(to.closest('.leaf')).get(to));
});
