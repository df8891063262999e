"""The page's fixed HTML and its few lines of script. Nothing in here comes from a document or a visitor."""

LATEX: list[dict[str, str | bool]] = [{"left": "$$", "right": "$$", "display": True}]

# A run's address is its secret: no other site shall see it as the referrer.
HEAD = '<meta name="referrer" content="same-origin">'

HEADER = """
<header class="masthead">
  <a class="brand" href="./" aria-label="Folio">
    <svg viewBox="0 0 32 32" width="30" height="30" aria-hidden="true">
      <path class="leaf-back" d="M10 3h14a3 3 0 0 1 3 3v17a3 3 0 0 1-3 3H10z"/>
      <path class="leaf" d="M8 6h9l6 6v14a3 3 0 0 1-3 3H8a3 3 0 0 1-3-3V9a3 3 0 0 1 3-3z"/>
      <path class="fold" d="M17 6v4a2 2 0 0 0 2 2h4z"/>
      <path class="lines" d="M9 17h10M9 21h10M9 25h6"/>
    </svg>
    <span>Folio</span>
  </a>
  <p>PDFs to Markdown, JSON and HTML, page by page</p>
  <button type="button" class="quiet" data-theme aria-label="Light or dark">
    <svg viewBox="0 0 24 24" width="18" height="18" aria-hidden="true">
      <circle cx="12" cy="12" r="8"/><path d="M12 4a8 8 0 0 1 0 16z"/>
    </svg>
  </button>
</header>
"""

HEADER_JS = """
element.addEventListener('click', event => {
  if (!event.target.closest('[data-theme]')) return;
  const dark = document.body.classList.toggle('dark');
  try { localStorage.setItem('folio-theme', dark ? 'dark' : 'light'); } catch (error) {}
});
"""

# Runs once when the page has loaded; a link's ?__theme= wins over what was chosen before.
LOAD_JS = """
() => {
  if (new URLSearchParams(location.search).has('__theme')) return;
  let chosen = null;
  try { chosen = localStorage.getItem('folio-theme'); } catch (error) {}
  if (chosen) document.body.classList.toggle('dark', chosen === 'dark');
}
"""

PICK_JS = """
element.addEventListener('click', event => {
  const picked = event.target.closest('[data-pick]');
  if (picked) trigger('click', { pick: Number(picked.dataset.pick) });
});
"""

LINK_JS = """
element.addEventListener('click', async event => {
  const button = event.target.closest('[data-link]');
  if (!button) return;
  const link = new URL(location.href);
  link.search = '?run=' + encodeURIComponent(button.dataset.link);
  try { await navigator.clipboard.writeText(link.href); button.textContent = 'Copied'; }
  catch (error) { window.prompt('Link to this run', link.href); }
});
"""

# After Convert: the run's link goes into the address bar, and on a phone its progress into view. The tab remembers its
# runs, so that the dashboard can compare their text.
ADDRESS_JS = """
run => {
  const shown = run || new URLSearchParams(location.search).get('run');
  try {
    const own = JSON.parse(sessionStorage.getItem('folio-runs') ?? '[]').filter(id => id !== shown);
    if (shown) sessionStorage.setItem('folio-runs', JSON.stringify([shown, ...own].slice(0, 20)));
  } catch (error) {}
  if (!run) return;
  if (innerWidth <= 860) document.querySelector('#panel')?.scrollIntoView({ behavior: 'smooth', block: 'start' });
  const here = new URL(location.href);
  here.searchParams.set('run', run);
  history.replaceState(history.state, '', here);
}
"""

# After a page was asked for: bring its sheet, or the reader's top, into view.
SCROLL_JS = """
page => {
  const sheets = [...document.querySelectorAll('#reader .sheet')];
  const wanted = sheets.find(sheet => sheet.querySelector('.sheet-number')?.textContent === page);
  (wanted ?? document.querySelector('#views'))?.scrollIntoView({ behavior: 'smooth', block: 'start' });
}
"""

# After Start over, and after a run was deleted: the address bar leads to the run that is shown now, or to none.
READDRESS_JS = """
run => {
  const here = new URL(location.href);
  if (run) here.searchParams.set('run', run); else here.searchParams.delete('run');
  history.replaceState(history.state, '', here);
}
"""

WELCOME = """
<section class="welcome">
  <div class="sheaf" aria-hidden="true"><i></i><i></i><i><b></b><b></b><b></b><b></b><em></em><b></b><b></b></i></div>
  <h2>A PDF goes in, a readable document comes out</h2>
  <p>Headings, reading order, lists and tables are recognised; scanned pages are read by OCR. Pages appear here as they are
  finished, and a page that cannot be read costs only itself.</p>
  <ol>
    <li><b>Add</b> one or several PDFs</li>
    <li><b>Read</b> along while later pages still run</li>
    <li><b>Take</b> Markdown, JSON, HTML or a ZIP</li>
  </ol>
</section>
"""
