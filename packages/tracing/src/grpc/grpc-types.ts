/** As much of @grpc/grpc-js as is used, so that its types are not needed to compile against this package. */

export interface GrpcMetadata {
  get(key: string): (string | Buffer)[];
  set(key: string, value: string): void;
  clone(): GrpcMetadata;
}

export interface GrpcStatus {
  readonly code: number;
  readonly details?: string;
  readonly metadata?: GrpcMetadata | null;
}

export interface ClientListener {
  onReceiveMetadata(metadata: GrpcMetadata): void;
  onReceiveMessage(message: unknown): void;
  onReceiveStatus(status: GrpcStatus): void;
}

export interface ClientCall {
  start(metadata: GrpcMetadata, listener: ClientListener): void;
}

export interface GrpcChannel {
  createCall(method: string, ...rest: unknown[]): ClientCall;
  getTarget(): string;
}

export interface ServerListener {
  onReceiveMetadata(metadata: GrpcMetadata): void;
  onReceiveMessage(message: unknown): void;
  onReceiveHalfClose(): void;
  onCancel(): void;
}

export interface ServerCall {
  start(listener: ServerListener): void;
  sendStatus(status: GrpcStatus): void;
  getPeer(): string;
  getHost(): string;
}

export type ServerInterceptor = (method: { readonly path: string }, call: ServerCall) => ServerCall;

export interface GrpcServer {
  interceptors?: ServerInterceptor[];
}

export type GrpcClass<T> = (abstract new (...args: never[]) => unknown) & { readonly prototype: T };

export interface GrpcModule {
  readonly Channel?: GrpcClass<GrpcChannel>;
  /** The name in the file that defines it. */
  readonly ChannelImplementation?: GrpcClass<GrpcChannel>;
  readonly Server?: GrpcClass<GrpcServer>;
}
