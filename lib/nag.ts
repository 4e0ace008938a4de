import { type App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';

/**
 * Has cdk-nag review the app while it is synthesized, with the rules of AWS Solutions and of the Serverless lens. A
 * finding that is meant to be is acknowledged where the resource is made, with the reason.
 */
export function reviewWithNag(app: App): void {
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
}
