//! The AWS managed policies that courses use.
//!
//! `ReadOnlyAccess` is cut to the services of this world; the others say what the real ones say, as
//! far as they concern these services. They are constants, so they are no part of the state.

mod service_roles;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::policy::Policy;
use base::{Rng, Time};

use crate::iam::state::{Entity, Kind, Managed, Version};

/// 2015-02-06T18:39:46Z, when most of them came to be.
const CREATED: Time = Time(1_423_247_986_000);

struct Entry {
    path: &'static str,
    name: &'static str,
    description: &'static str,
    statements: &'static str,
}

const fn entry(
    path: &'static str,
    name: &'static str,
    description: &'static str,
    statements: &'static str,
) -> Entry {
    Entry { path, name, description, statements }
}

/// In order of their names.
const ENTRIES: &[Entry] = &[
    entry(
        "/",
        "AWSLambda_FullAccess",
        "Grants full access to AWS Lambda service, AWS Lambda console features, and other related AWS services.",
        r#"{"Effect":"Allow","Action":["cloudformation:DescribeStacks","cloudformation:ListStackResources","cloudwatch:ListMetrics","cloudwatch:GetMetricData","ec2:DescribeSecurityGroups","ec2:DescribeSubnets","ec2:DescribeVpcs","kms:ListAliases","iam:GetPolicy","iam:GetPolicyVersion","iam:GetRole","iam:GetRolePolicy","iam:ListAttachedRolePolicies","iam:ListRolePolicies","iam:ListRoles","lambda:*","logs:DescribeLogGroups","states:DescribeStateMachine","states:ListStateMachines","tag:GetResources","xray:GetTraceSummaries","xray:BatchGetTraces"],"Resource":"*"},{"Effect":"Allow","Action":"iam:PassRole","Resource":"*","Condition":{"StringEquals":{"iam:PassedToService":"lambda.amazonaws.com"}}},{"Effect":"Allow","Action":["logs:DescribeLogStreams","logs:GetLogEvents","logs:FilterLogEvents"],"Resource":"arn:aws:logs:*:*:log-group:/aws/lambda/*"}"#,
    ),
    entry(
        "/service-role/",
        "AWSLambdaBasicExecutionRole",
        "Provides write permissions to CloudWatch Logs.",
        r#"{"Effect":"Allow","Action":["logs:CreateLogGroup","logs:CreateLogStream","logs:PutLogEvents"],"Resource":"*"}"#,
    ),
    entry(
        "/service-role/",
        "AWSLambdaDynamoDBExecutionRole",
        "Provides list and read access to DynamoDB streams and write permissions to CloudWatch logs.",
        r#"{"Effect":"Allow","Action":["dynamodb:DescribeStream","dynamodb:GetRecords","dynamodb:GetShardIterator","dynamodb:ListStreams","logs:CreateLogGroup","logs:CreateLogStream","logs:PutLogEvents"],"Resource":"*"}"#,
    ),
    entry(
        "/service-role/",
        "AWSLambdaKinesisExecutionRole",
        "Provides list and read access to Kinesis streams and write permissions to CloudWatch logs.",
        r#"{"Effect":"Allow","Action":["kinesis:DescribeStream","kinesis:DescribeStreamSummary","kinesis:GetRecords","kinesis:GetShardIterator","kinesis:ListShards","kinesis:ListStreams","kinesis:SubscribeToShard","logs:CreateLogGroup","logs:CreateLogStream","logs:PutLogEvents"],"Resource":"*"}"#,
    ),
    entry(
        "/",
        "AdministratorAccess",
        "Provides full access to AWS services and resources.",
        r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#,
    ),
    entry(
        "/",
        "AmazonAthenaFullAccess",
        "Provide full access to Amazon Athena and scoped access to the dependencies needed to enable querying, writing results, and data management.",
        r#"{"Sid":"BaseAthenaPermissions","Effect":"Allow","Action":["athena:*"],"Resource":["*"]},{"Sid":"BaseGluePermissions","Effect":"Allow","Action":["glue:CreateDatabase","glue:DeleteDatabase","glue:GetDatabase","glue:GetDatabases","glue:UpdateDatabase","glue:CreateTable","glue:DeleteTable","glue:BatchDeleteTable","glue:UpdateTable","glue:GetTable","glue:GetTables","glue:BatchCreatePartition","glue:CreatePartition","glue:DeletePartition","glue:BatchDeletePartition","glue:UpdatePartition","glue:GetPartition","glue:GetPartitions","glue:BatchGetPartition"],"Resource":["*"]},{"Sid":"BaseQueryResultsPermissions","Effect":"Allow","Action":["s3:GetBucketLocation","s3:GetObject","s3:ListBucket","s3:ListBucketMultipartUploads","s3:ListMultipartUploadParts","s3:AbortMultipartUpload","s3:CreateBucket","s3:PutObject","s3:PutBucketPublicAccessBlock"],"Resource":["arn:aws:s3:::aws-athena-query-results-*"]},{"Sid":"BaseAthenaExamplesPermissions","Effect":"Allow","Action":["s3:GetObject","s3:ListBucket"],"Resource":["arn:aws:s3:::athena-examples*"]},{"Sid":"BaseS3BucketPermissions","Effect":"Allow","Action":["s3:ListBucket","s3:GetBucketLocation","s3:ListAllMyBuckets"],"Resource":["*"]}"#,
    ),
    entry(
        "/",
        "AmazonDynamoDBFullAccess",
        "Provides full access to Amazon DynamoDB via the AWS Management Console.",
        r#"{"Effect":"Allow","Action":["dynamodb:*","dax:*","application-autoscaling:*","cloudwatch:*","kinesis:DescribeStream","kinesis:ListStreams","kms:DescribeKey","kms:ListAliases","lambda:*","sns:*","iam:GetRole","iam:ListRoles"],"Resource":"*"},{"Effect":"Allow","Action":["iam:PassRole"],"Resource":"*","Condition":{"StringLike":{"iam:PassedToService":["application-autoscaling.amazonaws.com","dax.amazonaws.com"]}}}"#,
    ),
    entry(
        "/",
        "AmazonDynamoDBReadOnlyAccess",
        "Provides read only access to Amazon DynamoDB via the AWS Management Console.",
        r#"{"Effect":"Allow","Action":["dynamodb:BatchGetItem","dynamodb:Describe*","dynamodb:List*","dynamodb:GetItem","dynamodb:GetResourcePolicy","dynamodb:Query","dynamodb:Scan","dynamodb:PartiQLSelect","cloudwatch:DescribeAlarms","cloudwatch:GetMetricStatistics","cloudwatch:ListMetrics","kinesis:DescribeStream","kinesis:ListStreams","iam:GetRole","iam:ListRoles","lambda:GetFunctionConfiguration","lambda:ListEventSourceMappings","lambda:ListFunctions"],"Resource":"*"}"#,
    ),
    entry(
        "/",
        "AmazonEC2FullAccess",
        "Provides full access to Amazon EC2 via the AWS Management Console.",
        r#"{"Effect":"Allow","Action":"ec2:*","Resource":"*"},{"Effect":"Allow","Action":"elasticloadbalancing:*","Resource":"*"},{"Effect":"Allow","Action":"cloudwatch:*","Resource":"*"},{"Effect":"Allow","Action":"autoscaling:*","Resource":"*"},{"Effect":"Allow","Action":"iam:CreateServiceLinkedRole","Resource":"*","Condition":{"StringEquals":{"iam:AWSServiceName":["autoscaling.amazonaws.com","ec2scheduled.amazonaws.com","elasticloadbalancing.amazonaws.com","spot.amazonaws.com","spotfleet.amazonaws.com","transitgateway.amazonaws.com"]}}}"#,
    ),
    entry(
        "/",
        "AmazonEC2ReadOnlyAccess",
        "Provides read only access to Amazon EC2 via the AWS Management Console.",
        r#"{"Effect":"Allow","Action":["ec2:Describe*","ec2:GetSecurityGroupsForVpc"],"Resource":"*"},{"Effect":"Allow","Action":"elasticloadbalancing:Describe*","Resource":"*"},{"Effect":"Allow","Action":["cloudwatch:ListMetrics","cloudwatch:GetMetricStatistics","cloudwatch:Describe*"],"Resource":"*"},{"Effect":"Allow","Action":"autoscaling:Describe*","Resource":"*"}"#,
    ),
    entry(
        "/service-role/",
        "AmazonEC2ContainerServiceRole",
        "Default policy for Amazon ECS service role.",
        r#"{"Effect":"Allow","Action":["ec2:AuthorizeSecurityGroupIngress","ec2:Describe*","elasticloadbalancing:DeregisterInstancesFromLoadBalancer","elasticloadbalancing:DeregisterTargets","elasticloadbalancing:Describe*","elasticloadbalancing:RegisterInstancesWithLoadBalancer","elasticloadbalancing:RegisterTargets"],"Resource":"*"}"#,
    ),
    entry(
        "/service-role/",
        "AmazonEC2ContainerServiceforEC2Role",
        "Lets the agent of a container instance do its work.",
        r#"{"Effect":"Allow","Action":["ec2:DescribeTags","ecs:CreateCluster","ecs:DeregisterContainerInstance","ecs:DiscoverPollEndpoint","ecs:Poll","ecs:RegisterContainerInstance","ecs:StartTelemetrySession","ecs:UpdateContainerInstancesState","ecs:Submit*","ecr:GetAuthorizationToken","ecr:BatchCheckLayerAvailability","ecr:GetDownloadUrlForLayer","ecr:BatchGetImage","logs:CreateLogStream","logs:PutLogEvents"],"Resource":"*"},{"Effect":"Allow","Action":"ecs:TagResource","Resource":"*","Condition":{"StringEquals":{"ecs:CreateAction":["CreateCluster","RegisterContainerInstance"]}}}"#,
    ),
    entry(
        "/service-role/",
        "AmazonECSTaskExecutionRolePolicy",
        "Lets whoever starts a task's containers pull their images and write their logs.",
        r#"{"Effect":"Allow","Action":["ecr:GetAuthorizationToken","ecr:BatchCheckLayerAvailability","ecr:GetDownloadUrlForLayer","ecr:BatchGetImage","logs:CreateLogStream","logs:PutLogEvents"],"Resource":"*"}"#,
    ),
    entry(
        "/",
        "AmazonKinesisFullAccess",
        "Provides full access to all streams via the AWS Management Console.",
        r#"{"Effect":"Allow","Action":"kinesis:*","Resource":"*"}"#,
    ),
    entry(
        "/",
        "AmazonKinesisReadOnlyAccess",
        "Provides read only access to all streams via the AWS Management Console.",
        r#"{"Effect":"Allow","Action":["kinesis:Get*","kinesis:List*","kinesis:Describe*"],"Resource":"*"}"#,
    ),
    entry(
        "/",
        "AmazonRedshiftFullAccess",
        "Provides full access to Amazon Redshift via the AWS Management Console.",
        r#"{"Effect":"Allow","Action":["redshift:*","redshift-serverless:*","ec2:DescribeAccountAttributes","ec2:DescribeAddresses","ec2:DescribeAvailabilityZones","ec2:DescribeSecurityGroups","ec2:DescribeSubnets","ec2:DescribeVpcs","ec2:DescribeInternetGateways","sns:CreateTopic","sns:Get*","sns:List*","cloudwatch:Describe*","cloudwatch:Get*","cloudwatch:List*","cloudwatch:PutMetricAlarm","cloudwatch:EnableAlarmActions","cloudwatch:DisableAlarmActions","tag:GetResources","tag:UntagResources","tag:GetTagValues","tag:GetTagKeys","tag:TagResources"],"Resource":"*"},{"Sid":"DataAPIPermissions","Effect":"Allow","Action":["redshift-data:ExecuteStatement","redshift-data:CancelStatement","redshift-data:ListStatements","redshift-data:GetStatementResult","redshift-data:DescribeStatement","redshift-data:ListDatabases","redshift-data:ListSchemas","redshift-data:ListTables","redshift-data:DescribeTable"],"Resource":"*"}"#,
    ),
    entry(
        "/",
        "AmazonS3FullAccess",
        "Provides full access to all buckets via the AWS Management Console.",
        r#"{"Effect":"Allow","Action":["s3:*","s3-object-lambda:*"],"Resource":"*"}"#,
    ),
    entry(
        "/",
        "AmazonS3ReadOnlyAccess",
        "Provides read only access to all buckets via the AWS Management Console.",
        r#"{"Effect":"Allow","Action":["s3:Get*","s3:List*","s3:Describe*","s3-object-lambda:Get*","s3-object-lambda:List*"],"Resource":"*"}"#,
    ),
    entry(
        "/",
        "AmazonSageMakerFullAccess",
        "Provides full access to Amazon SageMaker via the AWS Management Console and SDK.",
        r#"{"Effect":"Allow","Action":"sagemaker:*","Resource":"*"},{"Effect":"Allow","Action":["s3:GetObject","s3:PutObject","s3:DeleteObject","s3:AbortMultipartUpload"],"Resource":["arn:aws:s3:::*SageMaker*","arn:aws:s3:::*Sagemaker*","arn:aws:s3:::*sagemaker*","arn:aws:s3:::*aws-glue*"]},{"Effect":"Allow","Action":["s3:CreateBucket","s3:GetBucketLocation","s3:ListBucket","s3:ListAllMyBuckets","s3:GetBucketCors","s3:PutBucketCors"],"Resource":"*"},{"Effect":"Allow","Action":["iam:PassRole"],"Resource":"arn:aws:iam::*:role/*","Condition":{"StringEquals":{"iam:PassedToService":["sagemaker.amazonaws.com"]}}}"#,
    ),
    entry(
        "/",
        "IAMFullAccess",
        "Provides full access to IAM via the AWS Management Console.",
        r#"{"Effect":"Allow","Action":["iam:*","organizations:DescribeAccount","organizations:DescribeOrganization","organizations:DescribeOrganizationalUnit","organizations:DescribePolicy","organizations:ListChildren","organizations:ListParents","organizations:ListPoliciesForTarget","organizations:ListRoots","organizations:ListPolicies","organizations:ListTargetsForPolicy"],"Resource":"*"}"#,
    ),
    entry(
        "/",
        "IAMReadOnlyAccess",
        "Provides read only access to IAM via the AWS Management Console.",
        r#"{"Effect":"Allow","Action":["iam:GenerateCredentialReport","iam:GenerateServiceLastAccessedDetails","iam:Get*","iam:List*","iam:SimulateCustomPolicy","iam:SimulatePrincipalPolicy"],"Resource":"*"}"#,
    ),
    entry(
        "/",
        "PowerUserAccess",
        "Provides full access to AWS services and resources, but does not allow management of Users and groups.",
        r#"{"Effect":"Allow","NotAction":["iam:*","organizations:*","account:*"],"Resource":"*"},{"Effect":"Allow","Action":["account:GetAccountInformation","account:GetGovCloudAccountInformation","account:GetPrimaryEmail","account:ListRegions","iam:CreateServiceLinkedRole","iam:DeleteServiceLinkedRole","iam:ListRoles","organizations:DescribeEffectivePolicy","organizations:DescribeOrganization"],"Resource":"*"}"#,
    ),
    entry(
        "/",
        "ReadOnlyAccess",
        "Provides read-only access to AWS services and resources.",
        r#"{"Effect":"Allow","Action":["athena:Batch*","athena:Get*","athena:List*","autoscaling:Describe*","cloudformation:Describe*","cloudformation:Get*","cloudformation:List*","cloudfront:Describe*","cloudfront:Get*","cloudfront:List*","cloudwatch:Describe*","cloudwatch:Get*","cloudwatch:List*","cognito-identity:Describe*","cognito-identity:GetIdentityPoolRoles","cognito-identity:List*","dynamodb:BatchGet*","dynamodb:Describe*","dynamodb:Get*","dynamodb:List*","dynamodb:PartiQLSelect","dynamodb:Query","dynamodb:Scan","ec2:Describe*","ec2:Get*","ec2:List*","ecr:BatchCheck*","ecr:BatchGet*","ecr:Describe*","ecr:Get*","ecr:List*","ecs:Describe*","ecs:List*","elasticloadbalancing:Describe*","elasticmapreduce:Describe*","elasticmapreduce:List*","elasticmapreduce:View*","firehose:Describe*","firehose:List*","glue:BatchGet*","glue:Get*","glue:List*","iam:Generate*","iam:Get*","iam:List*","iam:Simulate*","kinesis:Describe*","kinesis:Get*","kinesis:List*","kinesisanalytics:Describe*","kinesisanalytics:Discover*","kinesisanalytics:List*","lambda:Get*","lambda:List*","logs:Describe*","logs:FilterLogEvents","logs:Get*","logs:List*","machinelearning:Describe*","machinelearning:Get*","redshift:Describe*","redshift:View*","s3:DescribeJob","s3:Get*","s3:List*","sagemaker:Describe*","sagemaker:GetSearchSuggestions","sagemaker:List*","sagemaker:Search","sts:GetAccessKeyInfo","sts:GetCallerIdentity","sts:GetSessionToken","tag:Get*"],"Resource":"*"}"#,
    ),
    entry(
        "/",
        "SecurityAudit",
        "The security audit template grants access to read security configuration metadata.",
        r#"{"Effect":"Allow","Action":["cloudformation:Describe*","cloudformation:List*","dynamodb:Describe*","dynamodb:List*","ec2:Describe*","ecr:Describe*","ecs:Describe*","ecs:List*","elasticloadbalancing:Describe*","iam:Generate*","iam:Get*","iam:List*","iam:Simulate*","kinesis:Describe*","kinesis:List*","lambda:Get*","lambda:List*","redshift:Describe*","s3:GetAccelerateConfiguration","s3:GetBucket*","s3:GetEncryptionConfiguration","s3:GetLifecycleConfiguration","s3:GetObjectAcl","s3:GetObjectVersionAcl","s3:ListAllMyBuckets"],"Resource":"*"}"#,
    ),
];

static POLICIES: LazyLock<BTreeMap<String, Managed>> = LazyLock::new(|| {
    let made = ENTRIES.iter().chain(service_roles::ENTRIES).filter_map(|e| {
        let policy = build(e)?;
        Some((policy.entity.arn.clone(), policy))
    });
    made.collect()
});

/// The AWS managed policy with this ARN.
pub(super) fn find(arn: &str) -> Option<&'static Managed> {
    arn.starts_with("arn:aws:iam::aws:").then(|| POLICIES.get(arn)).flatten()
}

/// All of them.
pub(super) fn all<'a>() -> impl Iterator<Item = &'a Managed> {
    // As short-lived as the account's own, so that both can stand in one listing.
    POLICIES.values().map(|policy| -> &'a Managed { policy })
}

/// `None` when the document is wrong, which a test rules out for each entry.
fn build(entry: &Entry) -> Option<Managed> {
    let text = format!(r#"{{"Version":"2012-10-17","Statement":[{}]}}"#, entry.statements);
    let document = Policy::identity(&text).ok()?;
    // The ids are the same in every account, so they come from the name and not from the seed.
    let mut rng = Rng::labelled(0, entry.name);
    let entity = Entity::new(Kind::Policy, "aws", entry.path, entry.name, CREATED, &mut rng);
    Some(Managed {
        entity,
        description: Some(entry.description.to_owned()),
        updated: CREATED,
        versions: BTreeMap::from([(1, Version { document, created: CREATED })]),
        default: 1,
        newest: 1,
    })
}

#[cfg(test)]
mod tests {
    use super::{ENTRIES, all, service_roles};

    #[test]
    fn every_entry_is_a_policy() {
        assert_eq!(all().count(), ENTRIES.len() + service_roles::ENTRIES.len());
    }
}
