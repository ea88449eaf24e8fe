import { Body, Example, Get, Post, Queries, Request, Response, Route, Security, Tags } from '@tsoa/runtime';
import type { Request as Incoming } from 'express';
import { AcceptBody } from './body-rules.js';
import { PosternController } from './controller.js';
import * as examples from './examples-transfer.js';
import { piecewise } from './send.js';
import type { Problem } from './wire.js';
import type { AwsImportQuery, AwsOutput, ImportAnswer, ImportQuery, StoreDocument } from './wire-transfer.js';

@Route('v1')
@Tags('Export and import')
export class TransferController extends PosternController {
  /**
   * Everything that is stored, as of one revision, as one document: sorted, and with one entry to a line, so that two of them
   * can be compared as texts and kept in version control. Imported into an empty store it gives the same decisions, and the
   * same export.
   * @summary Export the store
   * @returns The store
   */
  @Get('export')
  @Security('key', ['read'])
  @Example<StoreDocument>(examples.exported)
  async exportStore(): Promise<StoreDocument> {
    return piecewise<StoreDocument>(this.read(this.services.transfer.export()));
  }

  /**
   * Stores what the document holds, all of it as one revision or, with any fault, nothing. What is stored already stays as it
   * is, and what the document does not name stays too, unless `prune` says otherwise. Whoever writes at the same moment is
   * not overwritten: then this is a conflict, and can simply be sent again.
   * @summary Import a store
   * @returns What has changed, or would change
   * @example body {
   *   "formatVersion": 1,
   *   "policies": [
   *     {
   *       "kind": "identity",
   *       "name": "orders-writer",
   *       "document": {
   *         "Version": "2012-10-17",
   *         "Statement": {
   *           "Effect": "Allow",
   *           "Action": "execute-api:Invoke",
   *           "Resource": "arn:aws:execute-api:us-east-1:123412341234:a1b2c3d4e5/prod/POST/orders"
   *         }
   *       }
   *     }
   *   ],
   *   "endpoints": [{ "endpointId": "vpce-5e6f7a8b", "vpcId": "vpc-1a2b3c4d", "region": "us-east-1", "policy": null }]
   * }
   */
  @Post('import')
  @Security('key', ['admin'])
  @AcceptBody({ maxBytes: ({ maxImport }) => maxImport })
  @Response<Problem>(
    409,
    '`unknown-attached-policy`: a record names a policy that would not exist. `conflict`: somebody else has written meanwhile',
  )
  @Response<Problem>(422, '`invalid-policy`: a policy document is not valid')
  @Example<ImportAnswer>(examples.imported)
  async importStore(
    @Request() request: Incoming,
    @Queries() query: ImportQuery,
    @Body() body: StoreDocument,
  ): Promise<ImportAnswer> {
    const options = { dryRun: false, prune: false, ...query, ...this.caller(request) };
    return this.imported(await this.services.transfer.import(body, options));
  }

  /**
   * Stores the endpoints and APIs of an account and Region from what the AWS CLI prints, unchanged. Policies are named after
   * their endpoint or API. What AWS knows nothing of, such as the `context` of a record, stays as it is stored; nothing is
   * removed; and the same output changes nothing the second time. Nothing is half imported: an API with one method that
   * cannot be read is left out as a whole, because a call of that method could else be judged by a wider one.
   *
   * AWS prints the resource policy that was saved last, also if the API has not been deployed since.
   * @summary Import from AWS
   * @returns What has changed, or would change, and what is to be said of single entries
   * @example body {
   *   "accountId": "123412341234",
   *   "region": "us-east-1",
   *   "vpcEndpoints": {
   *     "VpcEndpoints": [
   *       {
   *         "VpcEndpointId": "vpce-0a1b2c3d4e5f60718",
   *         "VpcEndpointType": "Interface",
   *         "VpcId": "vpc-0a1b2c3d4e5f60001",
   *         "ServiceName": "com.amazonaws.us-east-1.execute-api",
   *         "State": "available",
   *         "PolicyDocument": "{\n  \"Statement\": [\n    {\n      \"Action\": \"*\", \n      \"Effect\": \"Allow\", \n      \"Principal\": \"*\", \n      \"Resource\": \"*\"\n    }\n  ]\n}",
   *         "PrivateDnsEnabled": true,
   *         "OwnerId": "123412341234"
   *       }
   *     ]
   *   },
   *   "restApis": {
   *     "items": [
   *       {
   *         "id": "aaaaa11111",
   *         "name": "pets",
   *         "createdDate": "2025-03-04T10:00:00+00:00",
   *         "endpointConfiguration": { "types": ["PRIVATE"] },
   *         "policy": "{\\\"Version\\\":\\\"2012-10-17\\\",\\\"Statement\\\":[{\\\"Effect\\\":\\\"Allow\\\",\\\"Principal\\\":\\\"*\\\",\\\"Action\\\":\\\"execute-api:Invoke\\\",\\\"Resource\\\":\\\"arn:aws:execute-api:us-east-1:123412341234:aaaaa11111\\/*\\\"}]}"
   *       }
   *     ]
   *   },
   *   "resources": {
   *     "aaaaa11111": {
   *       "items": [
   *         { "id": "p0000000001", "path": "/" },
   *         {
   *           "id": "p0000000002",
   *           "parentId": "p0000000001",
   *           "pathPart": "{proxy+}",
   *           "path": "/{proxy+}",
   *           "resourceMethods": { "ANY": { "httpMethod": "ANY", "authorizationType": "AWS_IAM", "apiKeyRequired": false } }
   *         }
   *       ]
   *     }
   *   }
   * }
   */
  @Post('import/aws')
  @Security('key', ['admin'])
  @AcceptBody({ maxBytes: ({ maxImport }) => maxImport })
  @Response<Problem>(409, '`conflict`: somebody else has written meanwhile')
  @Response<Problem>(422, '`invalid-policy`: with `strict`, a policy document is not valid')
  @Example<ImportAnswer>(examples.importedFromAws)
  async importFromAws(
    @Request() request: Incoming,
    @Queries() query: AwsImportQuery,
    @Body() body: AwsOutput,
  ): Promise<ImportAnswer> {
    const options = { dryRun: false, strict: false, dedupe: false, ...query, ...this.caller(request) };
    return this.imported(await this.services.transfer.importAws(body, options));
  }

  private imported(answer: ImportAnswer): ImportAnswer {
    this.at(answer.revision);
    return answer;
  }
}
