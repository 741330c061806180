/** Why the platform cannot start or go on, and what its operator does next: printed as one line. */
export class PlatformError extends Error {
  constructor(message: string, nextStep: string, options?: ErrorOptions) {
    super(`${message} ${nextStep}`, options);
    this.name = 'PlatformError';
  }
}
