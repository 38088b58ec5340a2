"""The review page: reviewers approve, edit and reject what the policy proposed."""
