import { createPrivateKey, X509Certificate } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join, resolve } from 'node:path';
import { readOrCreateSecret } from '../../auth/secret-file.ts';
import { type Certificate, createCertificate } from './certificate.ts';
import { LOCAL_HOSTS } from './connect-proxy.ts';
import { LocalServiceAccount } from './service-account.ts';

/** What unmodified programs need to take this platform for Google: a certificate and an account. */
export interface LocalCloud {
  readonly certificate: Certificate;
  readonly certificatePath: string;
  readonly account: LocalServiceAccount;
}

/**
 * Reads, or on first use makes, the files in the data directory.
 * @param options `renew`: also makes another certificate in time. For who serves with it: others would trust one that
 * nobody shows yet.
 */
export async function openLocalCloud(
  dataDir: string,
  projectId: string,
  options: { readonly renew?: boolean } = {},
): Promise<LocalCloud> {
  const directory = resolve(dataDir);
  const certificate = await openCertificate(join(directory, 'auth', 'tls.pem'), options.renew === true);
  // Programs trust a file; it must not hold the key.
  const certificatePath = join(directory, 'auth', 'tls-certificate.pem');
  writeFileSync(certificatePath, certificate.cert);
  return { certificate, certificatePath, account: await LocalServiceAccount.open(directory, projectId) };
}

const HOSTS = ['localhost', '127.0.0.1', '::1', ...LOCAL_HOSTS];
const RENEW_BEFORE_MS = 30 * 86_400_000;

/** The one that was made; on `renew` another in its place if that ends soon or lacks a host. */
async function openCertificate(path: string, renew: boolean): Promise<Certificate> {
  const read = async () =>
    splitPem(
      await readOrCreateSecret(path, async () => {
        const { key, cert } = createCertificate(HOSTS);
        return `${key}${cert}`;
      }),
    );
  const kept = await read();
  if (!renew || isCurrent(new X509Certificate(kept.cert))) return kept;
  rmSync(path, { force: true });
  return read();
}

function isCurrent(certificate: X509Certificate): boolean {
  const covers = (host: string) =>
    isIP(host) === 0 ? certificate.checkHost(host) !== undefined : certificate.checkIP(host) !== undefined;
  return certificate.validToDate.getTime() - Date.now() > RENEW_BEFORE_MS && HOSTS.every(covers);
}

function splitPem(pem: string): Certificate {
  const key = createPrivateKey(pem).export({ type: 'pkcs8', format: 'pem' }).toString();
  return { key, cert: new X509Certificate(pem).toString() };
}
