export { type AppDeps, buildApp } from './app.ts';
export { computeFeatures, type Features } from './features.ts';
export { makeSnapshot, type Snapshot, type Transaction } from './snapshot.ts';
