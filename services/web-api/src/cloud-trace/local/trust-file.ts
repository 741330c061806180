import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { getCACertificates } from 'node:tls';
import type { LocalCloud } from './local-cloud.ts';

/**
 * The certificate made here and all that this machine trusts anyway, in one file: some programs take a file's
 * certificates instead of the machine's, and must still reach other hosts. Returns its path.
 */
export function writeTrustFile({ certificate, certificatePath }: LocalCloud): string {
  const path = trustPath(certificatePath);
  const others = (['extra', 'system', 'bundled'] as const).flatMap((kind) => getCACertificates(kind));
  const trusted = [certificate.cert, ...others];
  const text = [...new Set(trusted.map((pem) => pem.trim()))].join('\n');
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, `${text}\n`);
  renameSync(draft, path); // a program that reads it meanwhile reads it whole
  return path;
}

/** Writes it again where it was written for another certificate. */
export function renewTrustFile(cloud: LocalCloud): void {
  const path = trustPath(cloud.certificatePath);
  if (existsSync(path) && !readFileSync(path, 'utf8').startsWith(cloud.certificate.cert))
    writeTrustFile(cloud);
}

const trustPath = (certificatePath: string) => join(dirname(certificatePath), 'tls-trusted.pem');
