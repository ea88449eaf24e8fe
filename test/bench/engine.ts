/**
 * What is measured is what ships: the built product, not what a loader makes of its sources (`npm run build` first).
 */
const built = <Module>(file: string): Promise<Module> =>
  import(new URL(`../../dist/${file}.js`, import.meta.url).href) as Promise<Module>;

export const { lowerAction } = await built<typeof import('../../src/policy/action.js')>('policy/action');
export const { parseArn } = await built<typeof import('../../src/policy/arn.js')>('policy/arn');
export const { compilePolicy } = await built<typeof import('../../src/policy/compile.js')>('policy/compile');
export const { evaluate } = await built<typeof import('../../src/policy/evaluate.js')>('policy/evaluate');
export const { parsePolicy } = await built<typeof import('../../src/policy/parse.js')>('policy/parse');
export const { parsePrincipal } = await built<typeof import('../../src/policy/principal.js')>('policy/principal');
export const { parseContext } = await built<typeof import('../../src/policy/request.js')>('policy/request');
export const { tracePolicy } = await built<typeof import('../../src/policy/trace.js')>('policy/trace');
export const { work } = await built<typeof import('../../src/policy/work.js')>('policy/work');
export const { CallContext } = await built<typeof import('../../src/decision/context.js')>('decision/context');
export const { CompiledPolicies } =
  await built<typeof import('../../src/service/compiled-policies.js')>('service/compiled-policies');
export const { Directory } = await built<typeof import('../../src/service/directory.js')>('service/directory');
export const { Pdp } = await built<typeof import('../../src/service/pdp.js')>('service/pdp');
export const { readConfig } = await built<typeof import('../../src/config.js')>('config');
