import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import Fastify from 'fastify';
import { importPKCS8, SignJWT } from 'jose';
import { afterAll, describe, expect, it } from 'vitest';
import { createCertificate } from './certificate.ts';
import { LOCAL_HOSTS } from './connect-proxy.ts';
import { openLocalCloud } from './local-cloud.ts';
import { metadataRoutes } from './metadata-routes.ts';
import { alsoLocalAccount } from './service-account.ts';
import { renewTrustFile, writeTrustFile } from './trust-file.ts';

const directory = mkdtempSync(join(tmpdir(), 'local-cloud-'));
afterAll(() => rmSync(directory, { recursive: true }));

describe('createCertificate', () => {
  it('makes one that is its own issuer, for names and addresses', () => {
    const { cert, key } = createCertificate(['localhost', '127.0.0.1', '::1']);
    const certificate = new X509Certificate(cert);
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(certificate.checkIssued(certificate)).toBe(true);
    expect(certificate.subjectAltName).toBe(
      'DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1',
    );
    expect(certificate.ca).toBe(true);
    expect(certificate.validToDate.getUTCFullYear()).toBeGreaterThan(2030);
    expect(key).toContain('PRIVATE KEY');
  });
});

describe('openLocalCloud', () => {
  it('keeps what it made, readable by its owner alone', async () => {
    const first = await openLocalCloud(directory, 'p');
    const second = await openLocalCloud(directory, 'p');
    expect(second.certificate).toEqual(first.certificate);
    expect(second.account.email).toBe('local@p.iam.trace.local');
    expect(statSync(first.account.keyFilePath).mode & 0o077).toBe(0);
    expect(readFileSync(first.certificatePath, 'utf8')).not.toContain('PRIVATE');
  });

  it('makes another certificate where the kept one ends soon or lacks a host, for who serves with it', async () => {
    const hosts = ['localhost', '127.0.0.1', '::1', ...LOCAL_HOSTS];
    const endsSoon = createCertificate(hosts, Date.now() - 3641 * 86_400_000);
    for (const old of [endsSoon, createCertificate(hosts.slice(1))]) {
      writeFileSync(join(directory, 'auth', 'tls.pem'), `${old.key}${old.cert}`);
      expect((await openLocalCloud(directory, 'p')).certificate.cert).toBe(old.cert);
      const renewed = await openLocalCloud(directory, 'p', { renew: true });
      expect(renewed.certificate.cert).not.toBe(old.cert);
      expect(readFileSync(renewed.certificatePath, 'utf8')).toBe(renewed.certificate.cert);
      const again = await openLocalCloud(directory, 'p', { renew: true });
      expect(again.certificate).toEqual(renewed.certificate);
    }
  });

  it('writes what programs trust into one file: its certificate beside those that they trusted before', async () => {
    const cloud = await openLocalCloud(directory, 'p');
    const path = writeTrustFile(cloud);
    const text = readFileSync(path, 'utf8');
    const certificates = text.split(/(?<=-----END CERTIFICATE-----\n)/);
    expect(certificates[0]).toBe(cloud.certificate.cert);
    expect(certificates.length).toBeGreaterThan(rootCertificates.length);
    expect(text).not.toContain('PRIVATE');
    const certificate = createCertificate(['localhost']);
    renewTrustFile({ ...cloud, certificate });
    expect(readFileSync(path, 'utf8').startsWith(certificate.cert)).toBe(true);
  });

  it('takes tokens signed with the key file for reading and writing, and no others', async () => {
    const { account } = await openLocalCloud(directory, 'p');
    const file = JSON.parse(readFileSync(account.keyFilePath, 'utf8'));
    const key = await importPKCS8(file.private_key, 'RS256');
    const sign = (claims: object, expires = '1h') =>
      new SignJWT({ iss: file.client_email, sub: file.client_email, ...claims })
        .setProtectedHeader({ alg: 'RS256' })
        .setIssuedAt()
        .setExpirationTime(expires)
        .sign(key);
    const verifier = alsoLocalAccount({ verify: () => Promise.reject(new Error('other')) }, account);
    expect((await verifier.verify(await sign({ scope: 'x' }))).roles).toEqual(['viewer', 'writer']);
    await expect(verifier.verify(await sign({ sub: 'somebody' }))).rejects.toThrow('other');
    await expect(verifier.verify(await sign({}, '-1h'))).rejects.toThrow('other');
    await expect(verifier.verify('x.y.z')).rejects.toThrow('other');
  });
});

describe('the metadata stand-in', () => {
  it("answers what Google's libraries ask, and nobody without the header", async () => {
    const { account } = await openLocalCloud(directory, 'p');
    const app = Fastify();
    await app.register(metadataRoutes, { account, projectId: 'p' });
    const get = (path: string, headers: Record<string, string> = { 'metadata-flavor': 'Google' }) =>
      app.inject({ url: `/computeMetadata/v1/${path}`, headers });
    expect((await get('project/project-id')).body).toBe('p');
    expect((await get('instance')).headers['metadata-flavor']).toBe('Google');
    expect((await get('project/project-id', {})).statusCode).toBe(403);
    expect((await get('instance/attributes/cluster-name')).statusCode).toBe(404);
    const token = (await get('instance/service-accounts/default/token?scopes=x')).json();
    expect(token).toMatchObject({ token_type: 'Bearer', expires_in: 3540 });
    expect((await account.verify(token.access_token)).roles).toEqual(['writer']);
  });
});
