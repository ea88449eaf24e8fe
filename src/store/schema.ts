/**
 * The tables, as the newest migration leaves them. Documents are kept once, by digest; a policy's head repeats its newest
 * version so that reading all heads, which every start does, touches no history.
 */
export interface Database {
  /** One row: how far the schema has been migrated, and the number of the last commit. */
  meta: { id: 1; schema_version: number; revision: number };
  documents: { digest: string; text: string };
  policies: {
    kind: string;
    name: string;
    version: number;
    digest: string;
    description: string | null;
    revision: number;
    created_at: string;
    updated_at: string;
  };
  /** Outlives its policy, so that a policy made again goes on counting. */
  policy_versions: {
    kind: string;
    name: string;
    version: number;
    digest: string;
    description: string | null;
    revision: number;
    created_at: string;
    by: string | null;
  };
  records: {
    type: string;
    id: string;
    policy: string | null;
    body: string;
    revision: number;
    created_at: string;
    updated_at: string;
  };
  /**
   * One row for each change that was made; `seq` is its order within the revision. `kind` and versions: policies only.
   * What was there before, by revision and version, is null where nothing was.
   */
  changes: {
    revision: number;
    seq: number;
    at: string;
    by: string | null;
    op: string;
    type: string;
    kind: string | null;
    id: string;
    version: number | null;
    request_id: string | null;
    revision_before: number | null;
    version_before: number | null;
    audited: string | null;
  };
  key_uses: { digest: string; used_at: string };
}
