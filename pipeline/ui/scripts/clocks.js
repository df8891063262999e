// Elements whose text the browser makes: an age that counts, and a moment on the reader's clock. Their text lies in a shadow tree, so that
// an update of the page around them does not touch it.
if (!customElements.get('folio-ago')) {
  const ago = seconds => {
    if (seconds < 5) return 'just now';
    if (seconds < 60) return `${Math.floor(seconds)} s ago`;
    if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
    if (seconds < 172800) return `${Math.floor(seconds / 3600)} h ago`;
    return `${Math.floor(seconds / 86400)} days ago`;
  };
  const two = number => String(number).padStart(2, '0');
  const day = time => `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
  const hour = time => [time.getHours(), time.getMinutes(), time.getSeconds()].map(two).join(':');
  const moment = (time, whole) => {
    if (whole) return `${day(time)} ${hour(time)}`;
    return day(time) === day(new Date()) ? hour(time) : `${day(time).slice(5)} ${hour(time).slice(0, 5)}`;
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
  customElements.define('folio-when', class extends Clock { words(ms) { return moment(new Date(ms), this.hasAttribute('whole')); } });
}
