// gradio marks the page with the browser's first language. The page has the language in which the server wrote it, and
// says so to programs that read it aloud, and to the style sheet.
const mark = () => { document.documentElement.lang = element.querySelector('[data-language]').dataset.language; };
mark();
watch('value', mark);
