/** What a signature's credential says. The signature itself is not verified: nothing secret guards a local endpoint. */
export interface CredentialScope {
  readonly accessKeyId: string;
  readonly region: string;
  /** Signing name of the service: `sqs`, `logs`, `lambda`. */
  readonly service: string;
}

/**
 * Reads `AKID/20260101/eu-central-1/sqs/aws4_request` from an `Authorization: AWS4-HMAC-SHA256 Credential=…` header or
 * from the `X-Amz-Credential` parameter of a presigned URL. Source: IAM User Guide, "Signature Version 4".
 */
export function credentialScope(
  authorization: string | undefined,
  presigned: string | null | undefined,
): CredentialScope | undefined {
  const credential = /Credential=([^,\s]+)/.exec(authorization ?? '')?.[1] ?? presigned ?? undefined;
  if (credential === undefined) return undefined;
  // Access key ids of other AWS-compatible tools may hold slashes: the scope is the last four parts.
  const parts = credential.split('/');
  const [region, service] = parts.slice(-3);
  const accessKeyId = parts.slice(0, -4).join('/');
  if (accessKeyId === '' || region === undefined || service === undefined) return undefined;
  return { accessKeyId, region, service };
}
