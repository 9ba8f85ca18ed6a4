@{
    Severity     = @('Error', 'Warning', 'Information')
    ExcludeRules = @(
        # Tests store plain passphrases on purpose, and Pester's scopes look like unused variables to the analyzer.
        'PSAvoidUsingConvertToSecureStringWithPlainText'
        'PSAvoidUsingPlainTextForPassword'
        'PSUseDeclaredVarsMoreThanAssignments'
        # The helpers of the tests change nothing that anybody would want to be asked about.
        'PSUseShouldProcessForStateChangingFunctions'
        'PSReviewUnusedParameter'
        # It does not see that a job's script block has parameters.
        'PSUseUsingScopeModifierInNewRunspaces'
        # A test says on the console why it is skipped.
        'PSAvoidUsingWriteHost'
        # A test gives it to a server of its own on this machine.
        'PSAvoidUsingAllowUnencryptedAuthentication'
        # PowerShell 7 reads UTF-8 without a mark.
        'PSUseBOMForUnicodeEncodedFile'
        # Add-StationPeer alice, as one would type it.
        'PSAvoidUsingPositionalParameters'
    )
}
