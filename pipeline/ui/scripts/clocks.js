// Elements whose text the browser makes: an age that counts, and a moment. Their text lies in a shadow tree, so that
// an update of the page around them does not touch it.
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
    connectedCallback() { this.shadowRoot ?? this.attachShadow({ mode: 'open' }); this.write();
      this.timer = setInterval(() => this.write(), 1000); }
    disconnectedCallback() { clearInterval(this.timer); }
    attributeChangedCallback() { if (this.shadowRoot) this.write(); }
    write() {
      const ms = Number(this.getAttribute('ms'));
      const text = this.words(ms);
      if (this.shadowRoot.textContent !== text) this.shadowRoot.textContent = text;
      this.title = new Date(ms).toISOString().replace('T', ' ').slice(0, 19) + ' UTC';
    }
  }
  customElements.define('folio-ago', class extends Clock { words(ms) { return ago(Math.max(Date.now() - ms, 0) / 1000); } });
  customElements.define('folio-when', class extends Clock { words(ms) { return moment(new Date(ms)); } });
}
