// After a page was asked for: brings its sheet, or the reader's top, into view, and marks what was searched for.
page => {
  const sheets = [...document.querySelectorAll('#reader .sheet')];
  const wanted = sheets.find(sheet => sheet.querySelector('.sheet-number')?.textContent === page);
  (wanted ?? document.querySelector('#views'))?.scrollIntoView({ behavior: 'smooth', block: 'start' });
  if (!window.Highlight || !CSS.highlights) return;
  CSS.highlights.delete('found');
  const query = (document.querySelector('#search :is(input, textarea)')?.value ?? '').trim().toLowerCase().replace(/\s+/g, ' ');
  if (query.length < 2) return;
  const ranges = [];
  for (const sheet of sheets) {
    const walk = document.createTreeWalker(sheet, NodeFilter.SHOW_TEXT);
    for (let node = walk.nextNode(); node; node = walk.nextNode()) {
      const text = node.data.toLowerCase().replace(/\s/g, ' ');
      for (let at = text.indexOf(query); at >= 0; at = text.indexOf(query, at + query.length)) {
        const range = new Range();
        range.setStart(node, at);
        range.setEnd(node, at + query.length);
        ranges.push(range);
      }
    }
  }
  if (ranges.length) CSS.highlights.set('found', new Highlight(...ranges));
}
