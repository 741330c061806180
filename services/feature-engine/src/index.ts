export { computeFeatures, type Features } from './features.ts';
export { routes } from './routes.ts';
export { makeSnapshot, type Snapshot, type Transaction } from './snapshot.ts';
