import Redis from 'ioredis';
import pg from 'pg';
import { work } from './databases.cjs';

await work({ pg, Redis });
