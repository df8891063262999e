// After a page was asked for: brings its sheet, or the reader's top, into view.
page => {
  const sheets = [...document.querySelectorAll('#reader .sheet')];
  const wanted = sheets.find(sheet => sheet.querySelector('.sheet-number')?.textContent === page);
  (wanted ?? document.querySelector('#views'))?.scrollIntoView({ behavior: 'smooth', block: 'start' });
}
