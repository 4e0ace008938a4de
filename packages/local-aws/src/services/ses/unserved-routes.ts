import { unservedRoutes as routesOf } from '../../endpoint/unserved.ts';

/**
 * Operations of SES v2 that programs ask for and that are not here, as the API reference names them.
 */
const operations = `
  POST /v2/email/outbound-bulk-emails SendBulkEmail
  POST /v2/email/outbound-custom-verification-emails SendCustomVerificationEmail
  POST /v2/email/templates CreateEmailTemplate
  GET  /v2/email/templates ListEmailTemplates
  GET  /v2/email/templates/{TemplateName} GetEmailTemplate
  POST /v2/email/configuration-sets CreateConfigurationSet
  POST /v2/email/list-configuration-sets ListConfigurationSets
  GET  /v2/email/configuration-sets/{ConfigurationSetName} GetConfigurationSet
  GET  /v2/email/configuration-sets/{ConfigurationSetName}/event-destinations GetConfigurationSetEventDestinations
  GET  /v2/email/identities/{EmailIdentity}/policies GetEmailIdentityPolicies
  PUT  /v2/email/account/suppression PutAccountSuppressionAttributes
  PUT  /v2/email/account/sending PutAccountSendingAttributes
  GET  /v2/email/insights/{MessageId} GetMessageInsights
`;

/** Routes that say which operation is not here. */
export const unservedRoutes = routesOf('ses', operations);
