import { createHash, generateKeyPairSync, randomBytes, sign, X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';

export interface Certificate {
  /** PEM. */
  readonly cert: string;
  readonly key: string;
}

const TEN_YEARS_MS = 10 * 365 * 86_400_000;

/**
 * A self-signed certificate (RFC 5280) for these host names and addresses, with an EC P-256 key. Node can read
 * certificates but not make them; this is the little DER that one kind of certificate needs.
 */
export function createCertificate(hosts: readonly string[], now = Date.now()): Certificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  const ecdsaWithSha256 = sequence(oid('1.2.840.10045.4.3.2'));
  const name = sequence(set(sequence(oid('2.5.4.3'), utf8('utxoIQ Tracing, local'))));
  const body = sequence(
    context(0, integer(Buffer.of(2))),
    integer(Buffer.concat([Buffer.of(0x40), randomBytes(15)])),
    ecdsaWithSha256,
    name,
    sequence(time(now - 86_400_000), time(now + TEN_YEARS_MS)),
    name,
    spki,
    context(3, sequence(...extensions(hosts, spki))),
  );
  const signature = sign('sha256', body, privateKey);
  const der = sequence(body, ecdsaWithSha256, bits(signature));
  return {
    cert: new X509Certificate(der).toString(),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

function extensions(hosts: readonly string[], spki: Buffer): Buffer[] {
  const names = hosts.map((host) =>
    isIP(host) === 0 ? tlv(0x82, Buffer.from(host)) : tlv(0x87, addressBytes(host)),
  );
  const keyId = createHash('sha1').update(spki).digest();
  return [
    // A CA as well, since it is its own: what trusts it checks that.
    extension('2.5.29.19', sequence(tlv(0x01, Buffer.of(0xff))), true),
    extension('2.5.29.17', sequence(...names)),
    extension('2.5.29.37', sequence(oid('1.3.6.1.5.5.7.3.1'))),
    extension('2.5.29.14', tlv(0x04, keyId)),
  ];
}

function addressBytes(host: string): Buffer {
  if (isIP(host) === 4) return Buffer.from(host.split('.').map(Number));
  if (host === '::1') return Buffer.concat([Buffer.alloc(15), Buffer.of(1)]);
  throw new TypeError(`no certificate for the address ${host}`);
}

function tlv(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.of(tag, length), content]);
  const size = length < 0x100 ? Buffer.of(0x81, length) : Buffer.of(0x82, length >> 8, length & 0xff);
  return Buffer.concat([Buffer.of(tag), size, content]);
}

const sequence = (...parts: Buffer[]) => tlv(0x30, ...parts);
const set = (...parts: Buffer[]) => tlv(0x31, ...parts);
const context = (number: number, part: Buffer) => tlv(0xa0 | number, part);
const integer = (bytes: Buffer) => tlv(0x02, bytes);
const bits = (bytes: Buffer) => tlv(0x03, Buffer.of(0), bytes);
const utf8 = (text: string) => tlv(0x0c, Buffer.from(text));
const extension = (id: string, value: Buffer, critical = false) =>
  sequence(oid(id), ...(critical ? [tlv(0x01, Buffer.of(0xff))] : []), tlv(0x04, value));

/** UTCTime up to 2049, GeneralizedTime after it (RFC 5280 section 4.1.2.5). */
function time(ms: number): Buffer {
  const text = `${new Date(ms).toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`;
  return text < '2050' ? tlv(0x17, Buffer.from(text.slice(2))) : tlv(0x18, Buffer.from(text));
}

function oid(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number);
  return tlv(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

function base128(value: number): number[] {
  const digits = [value & 0x7f];
  for (let left = value >> 7; left > 0; left >>= 7) digits.unshift((left & 0x7f) | 0x80);
  return digits;
}
