import type { Request } from 'express';
import type { Rate } from '../service/rate-limiter.js';
import type { AdmissionLimits } from './admission.js';
import type { BodyMemory } from './body-memory.js';
import type { Services } from './services.js';

/** What the operator has set, as far as it concerns this door. */
export interface HttpSettings {
  /** `none`: nobody authenticates, so only this machine may ask, unless `allowOpen`. */
  readonly auth: 'none' | 'required';
  readonly allowOpen: boolean;
  /** Where clients see the service, with the base path that a proxy adds; null: where it listens. */
  readonly publicUrl: string | null;
  /** Whether connections here are TLS; a proxy may add it, which only `publicUrl` tells. */
  readonly tls: boolean;
  /** Of pages that may read what is answered. */
  readonly corsOrigins: readonly string[];
  readonly limits: AdmissionLimits & {
    /** Of each caller; null: as many requests as it likes. */
    readonly rate: Rate | null;
  };
  /** In bytes. */
  readonly maxBody: number;
  /** In bytes, of what is imported. */
  readonly maxImport: number;
  /** In bytes, of the memory of all bodies that are on their way. */
  readonly bodyMemory: number;
}

/** Two apps with different services live in one process: so neither is a global, and both hang on the app. */
export interface Locals {
  readonly services: Services;
  readonly settings: HttpSettings;
  readonly bodyMemory: BodyMemory;
}

export const servicesOf = (request: Request): Services => (request.app.locals as Locals).services;
export const settingsOf = (request: Request): HttpSettings => (request.app.locals as Locals).settings;
export const bodyMemoryOf = (request: Request): BodyMemory => (request.app.locals as Locals).bodyMemory;

/** The path that a proxy takes off before a request comes here. */
export const basePathOf = ({ publicUrl }: HttpSettings): string =>
  publicUrl === null ? '' : new URL(publicUrl).pathname.replace(/\/+$/, '');
