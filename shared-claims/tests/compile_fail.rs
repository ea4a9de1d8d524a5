//! Mistakes that do not compile: each file of `tests/compile_fail` is one, beside what the compiler says about it.
//! `TRYBUILD=overwrite` writes those texts anew.

#[test]
fn a_mistake_with_tokens_does_not_compile() {
    trybuild::TestCases::new().compile_fail("tests/compile_fail/*.rs");
}
