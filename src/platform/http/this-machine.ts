/** Whether an address names the machine itself: what goes there passes no network. */
export function isThisMachine(url: URL): boolean {
  return ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
}

/** Whether an address of the web may be called: by `https:`, or by `http:` on this machine. */
export function mayCall(url: URL): boolean {
  return url.protocol === 'https:' || (url.protocol === 'http:' && isThisMachine(url));
}
