import { type Draft, refuseSameNames, ResourceList } from '../../assembly/draft.ts';
import type { Declared } from '../../assembly/model.ts';
import type { ResourceType } from '../../assembly/resource-type.ts';

/** SES's part of the model. */
export interface SesModel {
  readonly emailIdentities: readonly EmailIdentityModel[];
}

/** `AWS::SES::EmailIdentity`. */
export interface EmailIdentityModel extends Declared {
  /** An address or a domain. */
  readonly name: string;
}

const declaredIdentities = new ResourceList<EmailIdentityModel>();

const unsigned = 'No mail leaves this machine, so that nothing is signed.';

/** `AWS::SES::EmailIdentity`: verified from the start, because nobody confirms an address or a DNS entry here. */
const emailIdentityType: ResourceType = {
  reads: ['EmailIdentity'],
  ignores: {
    ConfigurationSetAttributes: 'Configuration sets publish events and measure, and nothing does that here.',
    DkimAttributes: unsigned,
    DkimSigningAttributes: unsigned,
    FeedbackAttributes: 'No mail about bounces and complaints is sent.',
    MailFromAttributes: 'No mail leaves this machine.',
    Tags: 'Nothing reads the tags of an identity.',
  },
  refuses: {},

  /** The names of the DNS entries are made up in AWS's form (CloudFormation reference, AWS::SES::EmailIdentity). */
  identify({ properties }) {
    const name = properties.requiredText('EmailIdentity');
    const attributes: Record<string, string> = {};
    for (const index of [1, 2, 3]) {
      attributes[`DkimDNSTokenName${index}`] = `local${index}._domainkey.${name}`;
      attributes[`DkimDNSTokenValue${index}`] = `local${index}.dkim.amazonses.com`;
    }
    return { physicalId: name, attributes };
  },

  declare({ stack, logicalId, properties }, { physicalId: name }, draft) {
    if (!/^([^\s@]+@)?[^\s@]+\.[^\s@]+$/.test(name)) {
      throw properties.invalid('EmailIdentity', name, 'an address or a domain');
    }
    draft.add(declaredIdentities, { stack, logicalId, name });
  },
};

export const sesResourceTypes = { 'AWS::SES::EmailIdentity': emailIdentityType };

export function readSesModel(draft: Draft): SesModel {
  const emailIdentities = draft.all(declaredIdentities);
  refuseSameNames('mail identities', emailIdentities);
  return { emailIdentities };
}
