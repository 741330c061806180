import { createPrivateKey, X509Certificate } from 'node:crypto';
import { writeFileSync } from 'node:fs';
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

/** Reads, or on first use makes, the files in the data directory. */
export async function openLocalCloud(dataDir: string, projectId: string): Promise<LocalCloud> {
  const directory = resolve(dataDir);
  const pem = await readOrCreateSecret(join(directory, 'auth', 'tls.pem'), async () => {
    const { key, cert } = createCertificate(['localhost', '127.0.0.1', '::1', ...LOCAL_HOSTS]);
    return `${key}${cert}`;
  });
  const certificate = splitPem(pem);
  // Programs trust a file; it must not hold the key.
  const certificatePath = join(directory, 'auth', 'tls-certificate.pem');
  writeFileSync(certificatePath, certificate.cert);
  return { certificate, certificatePath, account: await LocalServiceAccount.open(directory, projectId) };
}

function splitPem(pem: string): Certificate {
  const key = createPrivateKey(pem).export({ type: 'pkcs8', format: 'pem' }).toString();
  return { key, cert: new X509Certificate(pem).toString() };
}
