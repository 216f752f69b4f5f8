import { BlockList, isIP } from 'node:net';

/** Networks in the form `10.1.0.0/16` or `fd00::/8`, by which an address is looked at. */
export interface Networks {
  has(address: string): boolean;
}

/** Reads a list of networks; undefined where one is none, since a rule that is misread protects nothing. */
export function findNetworks(texts: readonly string[]): Networks | undefined {
  const list = new BlockList();
  for (const text of texts) {
    const [address = '', bits = '', ...rest] = text.split('/');
    const family = isIP(address);
    const isRight = family !== 0 && /^\d{1,3}$/u.test(bits) && Number(bits) <= (family === 4 ? 32 : 128);
    if (!isRight || rest.length > 0) return undefined;
    list.addSubnet(address, Number(bits), family === 4 ? 'ipv4' : 'ipv6');
  }
  return {
    has(address) {
      // A server that listens on IPv6 sees IPv4 callers in this form.
      const plain = address.replace(/^::ffff:(?=\d+\.)/u, '');
      return list.check(plain, plain.includes(':') ? 'ipv6' : 'ipv4');
    },
  };
}
