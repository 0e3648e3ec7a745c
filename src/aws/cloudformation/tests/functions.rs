//! What the functions of templates are.

use super::{create, output, settle, world};

/// What an output of this value is.
fn check(value: &str, want: &str) {
    let template = format!(
        "Parameters: {{List: {{Type: CommaDelimitedList, Default: 'a, b,c'}}}}\n\
         Mappings: {{M: {{us-east-1: {{K: v}}}}}}\n\
         Conditions: {{Yes: !Equals [!Ref 'AWS::Region', us-east-1], No: !Not [Condition: Yes], \
         Or: !Or [Condition: No, Condition: Yes]}}\n\
         Resources: {{G: {{Type: 'AWS::Logs::LogGroup', Properties: {{LogGroupName: g}}}}, \
         Absent: {{Type: 'AWS::Logs::LogGroup', Condition: No}}}}\n\
         Outputs: {{O: {{Value: {value}}}}}"
    );
    let mut world = world();
    create(&mut world, "s", &template);
    assert_eq!(settle(&mut world, "s"), "CREATE_COMPLETE", "{:#?}", super::events(&mut world, "s"));
    assert_eq!(output(&mut world, "s", "O"), want, "{value}");
}

#[test]
fn functions_say_what_they_say() {
    check("!Ref G", "g");
    check("!GetAtt G.Arn", "arn:aws:logs:us-east-1:123456789012:log-group:g:*");
    check("!Sub '${G} in ${AWS::Region}, ${!Literal}'", "g in us-east-1, ${Literal}");
    check("!Sub ['${X}-${G}', {X: !Ref G}]", "g-g");
    check("!Join ['/', !Ref List]", "a/b/c");
    check("!Join ['-', !Split ['.', 'a.b.c']]", "a-b-c");
    check("!Select [1, !Ref List]", "b");
    check("!Select ['0', !GetAZs '']", "us-east-1a");
    check("!FindInMap [M, !Ref 'AWS::Region', K]", "v");
    check("!Base64 text", "dGV4dA==");
    check("!If [Yes, y, n]", "y");
    check("!If [No, !Ref Absent, n]", "n");
    check("!If [Or, y, n]", "y");
    check("!Join [',', !Cidr [10.0.0.0/16, 3, 8]]", "10.0.0.0/24,10.0.1.0/24,10.0.2.0/24");
    check("!Join [',', [a, !Ref 'AWS::NoValue', b]]", "a,b");
    check("012345678901", "012345678901");
    check("2012-10-17", "2012-10-17");
    check("!Ref AWS::StackName", "s");
}
