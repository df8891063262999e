// What is wider than its page and scrolls can be reached by keys, which then scroll it.
const reachable = () => element.querySelectorAll('.sheet :is(table, .formula)').forEach(block => {
  if (block.scrollWidth > block.clientWidth) block.tabIndex = 0;
  else if (block.tabIndex === 0) block.removeAttribute('tabindex');
});
watch('value', reachable);
new ResizeObserver(reachable).observe(element);
