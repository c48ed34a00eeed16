package identitypools

// What a guest's session may do at most, whatever the role allows: the union of
// guestPolicy and the managed policy.
// Source: developer guide, "IAM roles", "Services that unauthenticated users can
// access in the enhanced authflow".
const (
	guestManagedPolicy = "arn:aws:iam::aws:policy/AmazonCognitoUnAuthedIdentitiesSessionPolicy"

	guestPolicy = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":[` +
		`"firehose:*","kinesisanalytics:*","sqs:*","sumerian:View*","mobileanalytics:*","ses:*","lambda:*",` +
		`"kms:Encrypt","kms:Decrypt","kms:ReEncrypt*","kms:GenerateDataKey*",` +
		`"dynamodb:*","sdb:*","appsync:*","geo:*","sns:*","gamelift:*","iot:*","codewhisperer:*","comprehend:*","lex:*",` +
		`"machinelearning:*","personalize:*","polly:*","rekognition:*","sagemaker:InvokeEndpoint",` +
		`"textract:DetectDocumentText","textract:AnalyzeDocument","transcribe:*","translate:*",` +
		`"cloudwatch:*","logs:*","execute-api:*","cognito-identity:*","cognito-idp:*","cognito-sync:*","s3:*"` +
		`],"Resource":"*"}]}`
)
