import type { LocalCloud } from './local-cloud.ts';
import { UNIVERSE_DOMAIN } from './service-account.ts';

export interface EnvironmentOptions {
  readonly cloud: Pick<LocalCloud, 'certificatePath' | 'account'>;
  /** What `writeTrustFile` wrote. */
  readonly trustPath: string;
  readonly projectId: string;
  readonly host: string;
  /** The API's. */
  readonly port: number;
}

/** Variables that bring an unmodified program here instead of to Google, and what each is for. */
export function cloudTraceEnvironment({ cloud, trustPath, projectId, host, port }: EnvironmentOptions) {
  const address = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  const proxy = `http://${address}`;
  const local = 'localhost,127.0.0.1,::1';
  return [
    ['GOOGLE_CLOUD_PROJECT', projectId, 'the project'],
    ['GOOGLE_APPLICATION_CREDENTIALS', cloud.account.keyFilePath, 'an account that only this platform knows'],
    [
      'GOOGLE_CLOUD_UNIVERSE_DOMAIN',
      UNIVERSE_DOMAIN,
      'which is none of googleapis.com, and libraries compare',
    ],
    ['GCE_METADATA_HOST', address, 'the metadata stand-in, for programs without a key file'],
    ['GRPC_DEFAULT_SSL_ROOTS_FILE_PATH', trustPath, 'gRPC trusts our certificate, too'],
    ['NODE_EXTRA_CA_CERTS', cloud.certificatePath, 'so does Node'],
    ['SSL_CERT_FILE', trustPath, 'so do Go and OpenSSL'],
    ['grpc_proxy', proxy, 'gRPC to cloudtrace.googleapis.com:443 ends here; the rest passes through'],
    ['no_grpc_proxy', local, 'but not what is on this machine anyway'],
    ['HTTPS_PROXY', proxy, 'HTTPS to cloudtrace.googleapis.com ends here; the rest passes through'],
    ['NO_PROXY', local, 'but not what is on this machine anyway'],
  ] as const;
}
