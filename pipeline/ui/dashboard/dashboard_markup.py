"""The dashboard's few lines of script. Nothing in here comes from a record."""

# Elements whose text the browser makes: an age that counts, and a moment. Their text lies in a shadow tree, so that an
# update of the page around them does not touch it.
CLOCKS_JS = """
if (!customElements.get('folio-ago')) {
  const ago = seconds => {
    if (seconds < 5) return 'just now';
    if (seconds < 60) return `${Math.floor(seconds)} s ago`;
    if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
    if (seconds < 172800) return `${Math.floor(seconds / 3600)} h ago`;
    return `${Math.floor(seconds / 86400)} days ago`;
  };
  const moment = time => {
    const iso = time.toISOString();
    return iso.slice(0, 10) === new Date().toISOString().slice(0, 10) ? iso.slice(11, 19) : iso.slice(5, 16).replace('T', ' ');
  };
  class Clock extends HTMLElement {
    static observedAttributes = ['ms'];
    connectedCallback() { this.shadowRoot ?? this.attachShadow({ mode: 'open' }); this.tell();
      this.timer = setInterval(() => this.tell(), 1000); }
    disconnectedCallback() { clearInterval(this.timer); }
    attributeChangedCallback() { if (this.shadowRoot) this.tell(); }
    tell() {
      const ms = Number(this.getAttribute('ms'));
      const text = this.words(ms);
      if (this.shadowRoot.textContent !== text) this.shadowRoot.textContent = text;
      this.title = new Date(ms).toISOString().replace('T', ' ').slice(0, 19) + ' UTC';
    }
  }
  customElements.define('folio-ago', class extends Clock { words(ms) { return ago(Math.max(Date.now() - ms, 0) / 1000); } });
  customElements.define('folio-when', class extends Clock { words(ms) { return moment(new Date(ms)); } });
}
"""

# A click on anything that names a record opens its receipt; on Compare it waits for the second one. With the second one
# goes what this tab converted (markup.py keeps it), since the text of two runs is only shown to whoever holds their
# links.
RECORD_JS = """
const own = () => { try { return JSON.parse(sessionStorage.getItem('folio-runs') ?? '[]'); } catch (error) { return []; } };
element.addEventListener('click', async event => {
  const copy = event.target.closest('[data-copy]');
  if (copy) {
    const link = new URL(location.href);
    link.search = '?record=' + encodeURIComponent(copy.dataset.copy);  // a run's own link is a secret and is left out
    try { await navigator.clipboard.writeText(link.href); copy.textContent = 'Copied'; }
    catch (error) { window.prompt('Link to this receipt', link.href); }
    return;
  }
  const compare = event.target.closest('[data-compare]');
  if (compare) return trigger('click', { compare: compare.dataset.compare });
  if (event.target.closest('[data-close]')) return trigger('click', { close: true });
  const change = event.target.closest('[data-change]');
  if (change) return trigger('click', { change: Number(change.dataset.change) });
  const named = event.target.closest('[data-record]');
  if (named) trigger('click', { record: named.dataset.record, own: own() });
});
element.addEventListener('submit', event => {
  event.preventDefault();
  trigger('click', { links: [...event.target.querySelectorAll('input')].map(field => field.value), own: own() });
});
"""

ESCAPE_JS = """
document.addEventListener('keydown', event => {
  if (event.key === 'Escape' && element.querySelector('.drawer')) trigger('click', { close: true });
});
"""

TOP_JS = "() => document.querySelector('#dash-runs')?.scrollIntoView({ block: 'start' })"
