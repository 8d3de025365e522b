// The page's policy wants its nonce on every <style>. Ant Design puts it on its own; what its parts
// make (the lock of the scroll bar behind a dialog) gets it here. Only code that runs, and so has
// the nonce, can come by here.
export const nonce = document.querySelector<HTMLMetaElement>('meta[property=csp-nonce]')?.nonce;

if (nonce) {
  const create = document.createElement.bind(document);
  document.createElement = ((tag: string, options?: ElementCreationOptions) => {
    const element = create(tag, options);
    if (element instanceof HTMLStyleElement) element.nonce = nonce;
    return element;
  }) as typeof document.createElement;
}
