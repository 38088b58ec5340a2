-- Facts: rows that are appended and never updated. State is in 0002_views.sql.

CREATE TABLE batches (
    batch_id VARCHAR PRIMARY KEY,
    run_id VARCHAR NOT NULL,
    source VARCHAR NOT NULL,
    lines_read BIGINT NOT NULL,
    blank BIGINT NOT NULL,
    malformed BIGINT NOT NULL,
    failed_expectations BIGINT NOT NULL,
    resent BIGINT NOT NULL,
    interactions BIGINT NOT NULL,
    feedback BIGINT NOT NULL,
    entities JSON NOT NULL,
    expectations JSON NOT NULL,
    committed_at TIMESTAMPTZ NOT NULL DEFAULT now()
);

-- Where reading a source goes on; the newest row of a path is the one in force.
CREATE TABLE cursors (
    batch_id VARCHAR NOT NULL,
    path VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    size BIGINT NOT NULL,
    head_bytes BIGINT NOT NULL,
    head_sha256 VARCHAR NOT NULL,
    next_offset BIGINT NOT NULL,
    next_line BIGINT NOT NULL,
    finished BOOLEAN NOT NULL, -- read to its end at that size
    seq BIGINT NOT NULL
);
CREATE SEQUENCE cursor_seq;

CREATE TABLE interactions (
    id VARCHAR PRIMARY KEY,
    time TIMESTAMPTZ NOT NULL,
    app VARCHAR,
    feature VARCHAR,
    tenant VARCHAR,
    user_key VARCHAR,
    cohort VARCHAR,
    session_key VARCHAR,
    model VARCHAR,
    provider VARCHAR,
    system_fingerprint VARCHAR,
    prompt_name VARCHAR,
    prompt_version VARCHAR,
    few_shot_release VARCHAR,
    few_shot_ids VARCHAR[],
    messages JSON NOT NULL,
    context JSON NOT NULL,
    output VARCHAR NOT NULL,
    input_tokens BIGINT,
    output_tokens BIGINT,
    cost_usd DOUBLE,
    latency_ms DOUBLE,
    consent BOOLEAN NOT NULL,
    tags JSON NOT NULL,
    content_key VARCHAR NOT NULL,
    case_id VARCHAR NOT NULL,
    batch_id VARCHAR NOT NULL
);

CREATE TABLE feedback (
    id VARCHAR PRIMARY KEY,
    time TIMESTAMPTZ NOT NULL,
    interaction_id VARCHAR NOT NULL,
    signal VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    value DOUBLE,
    comment VARCHAR,
    correction VARCHAR,
    user_key VARCHAR,
    tags JSON NOT NULL,
    batch_id VARCHAR NOT NULL
);

CREATE TABLE quarantine (
    fault_id VARCHAR PRIMARY KEY,
    batch_id VARCHAR NOT NULL,
    source VARCHAR NOT NULL,
    line BIGINT NOT NULL,
    byte_offset BIGINT NOT NULL,
    reason VARCHAR NOT NULL,
    field VARCHAR,
    sha256 VARCHAR NOT NULL,
    stage VARCHAR NOT NULL,
    quarantined_at TIMESTAMPTZ NOT NULL DEFAULT now()
);

-- A line that a retry could read after all, or that somebody wrote off.
CREATE TABLE quarantine_outcomes (
    fault_id VARCHAR NOT NULL,
    outcome VARCHAR NOT NULL,
    batch_id VARCHAR,
    recorded_at TIMESTAMPTZ NOT NULL DEFAULT now()
);

CREATE TABLE scores (
    interaction_id VARCHAR NOT NULL,
    p_good DOUBLE NOT NULL,
    evidence JSON NOT NULL,
    weights_version VARCHAR NOT NULL,
    feedback_hash VARCHAR NOT NULL,
    seq BIGINT NOT NULL,
    scored_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE SEQUENCE score_seq;

CREATE TABLE candidates (
    candidate_id VARCHAR PRIMARY KEY,
    case_id VARCHAR NOT NULL,
    target VARCHAR NOT NULL,
    interaction_id VARCHAR,
    messages JSON NOT NULL,
    context JSON NOT NULL,
    output VARCHAR,
    proposed_output VARCHAR,
    reason_code VARCHAR NOT NULL,
    reason VARCHAR NOT NULL,
    p_good DOUBLE,
    evidence JSON NOT NULL,
    policy_version VARCHAR NOT NULL,
    feature VARCHAR,
    tenant VARCHAR,
    tags JSON NOT NULL,
    day VARCHAR,
    example_id VARCHAR,
    proposed_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    UNIQUE (case_id, target)
);

CREATE TABLE decisions (
    decision_id VARCHAR PRIMARY KEY,
    candidate_id VARCHAR NOT NULL,
    verdict VARCHAR NOT NULL,
    output VARCHAR,
    reason VARCHAR,
    reviewer VARCHAR NOT NULL,
    decided_at TIMESTAMPTZ NOT NULL,
    seq BIGINT NOT NULL,
    recorded_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE SEQUENCE decision_seq;

-- What promote did with a decision: an example was added, withdrawn, or refused with a reason.
-- One decision can have several: refused for a leak, and added when the other side let the case go.
CREATE TABLE promotions (
    decision_id VARCHAR NOT NULL,
    candidate_id VARCHAR NOT NULL,
    outcome VARCHAR NOT NULL,
    reason VARCHAR,
    output VARCHAR,
    seq BIGINT NOT NULL,
    promoted_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE SEQUENCE promotion_seq;

CREATE TABLE releases (
    release_id VARCHAR NOT NULL,
    parent VARCHAR,
    manifest JSON NOT NULL,
    reason VARCHAR NOT NULL,
    seq BIGINT NOT NULL,
    recorded_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE SEQUENCE release_seq;

-- One row for each answer that a model was asked for: a run that is resumed asks no question twice.
CREATE TABLE answers (
    answer_key VARCHAR PRIMARY KEY,
    case_id VARCHAR NOT NULL,
    model VARCHAR NOT NULL,
    prompt_version VARCHAR NOT NULL,
    request_sha256 VARCHAR NOT NULL,
    repeat INTEGER NOT NULL,
    output VARCHAR NOT NULL,
    input_tokens BIGINT,
    output_tokens BIGINT,
    latency_ms DOUBLE,
    asked_at TIMESTAMPTZ NOT NULL DEFAULT now()
);

CREATE TABLE evaluations (
    evaluation_id VARCHAR PRIMARY KEY,
    prompt VARCHAR NOT NULL,
    prompt_version VARCHAR NOT NULL,
    candidate VARCHAR NOT NULL,
    baseline VARCHAR NOT NULL,
    release_id VARCHAR,
    verdict VARCHAR NOT NULL,
    report JSON NOT NULL,
    evaluated_at TIMESTAMPTZ NOT NULL DEFAULT now()
);

CREATE TABLE evaluation_scores (
    evaluation_id VARCHAR NOT NULL,
    case_id VARCHAR NOT NULL,
    side VARCHAR NOT NULL,
    repeat INTEGER NOT NULL,
    scorer VARCHAR NOT NULL,
    scorer_version VARCHAR NOT NULL,
    value DOUBLE,
    status VARCHAR NOT NULL,
    reason VARCHAR,
    answer_key VARCHAR
);

-- A judge's answer, by what it was asked: judging the same answer again costs nothing.
CREATE TABLE judgements (
    judgement_key VARCHAR PRIMARY KEY,
    case_id VARCHAR NOT NULL,
    model VARCHAR NOT NULL,
    prompt_version VARCHAR NOT NULL,
    result JSON NOT NULL,
    judged_at TIMESTAMPTZ NOT NULL DEFAULT now()
);

-- Erasure is the one thing that deletes; this is what it leaves.
CREATE TABLE erasures (
    erasure_id VARCHAR PRIMARY KEY,
    user_key VARCHAR NOT NULL,
    interactions BIGINT NOT NULL,
    feedback BIGINT NOT NULL,
    candidates BIGINT NOT NULL,
    reason VARCHAR,
    erased_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
