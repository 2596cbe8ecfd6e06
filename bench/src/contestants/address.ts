/**
 * The address of an HTTP server as people write it: `localhost:8501`, `http://[::1]:8501/`, and, where `takesPrefix`,
 * `http://host/prefix`. Without a slash at its end. @throws Error that names the option for what cannot be measured there.
 */
export function restAddress(option: string, text: string, takesPrefix: boolean): string {
  const written = text.trim();
  const refuse = (why: string): never => {
    throw new Error(`${option}: ${why}; got "${text}"`);
  };
  const hasScheme = /^[a-z][a-z\d+.-]*:\/\//i.test(written);
  if (hasScheme && !/^http:\/\//i.test(written))
    refuse('an address begins with http:// (the load generator speaks no TLS)');
  const address = hasScheme ? written : `http://${written}`;
  if (!URL.canParse(address)) refuse('an address is http://host:port');
  const { username, password, search, hash, host, port, pathname } = new URL(address);
  if (port === '0') refuse('nothing listens on port 0');
  if (username !== '' || password !== '') refuse('user and password are not sent');
  if (search !== '' || hash !== '') refuse('an address has no query and no fragment');
  if (/\/v\d(\/|$)/.test(pathname)) refuse('the address ends before /v1/');
  const prefix = pathname.replace(/\/+$/, '');
  if (prefix !== '' && !takesPrefix) refuse(`the path ${prefix} cannot be passed on to the proxy`);
  return `http://${host}${prefix}`;
}

/** `host:port`, an IPv6 host in brackets. @throws Error that names the option for anything else. */
export function grpcAddress(option: string, text: string): string {
  const written = text.trim();
  const [, port] = /^(?:\[[\da-f:.]+\]|[^/\s:@[\]?#]+):(\d{1,5})$/i.exec(written) ?? [];
  if (port === undefined || Number(port) < 1 || Number(port) > 65_535)
    throw new Error(`${option}: a gRPC address is host:port, without a scheme; got "${text}"`);
  return written;
}
