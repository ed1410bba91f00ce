"""The small words of the languages that we read: alone they say nothing of how somebody is. Pure."""

COMMON = frozenset(
    "yes no ok si sim oui nao non hello hi hola thanks "
    "the a an and or to of in on at for with am is are was were be been it this that i you he she we they "
    "my your me him her us them do did does have has had will would can could not no so just got get go "
    "going went come see know think what when where how who why up out now then today tomorrow "
    "yesterday tonight home work time day about el la los las un una y o de en con que es son fue mi tu "
    "su te lo le si hoy ayer voy fui estoy esta casa "
    "o os um uma e do da no na em com por para eu meu minha hoje ontem fui vou estou casa "
    "le les une et du des dans avec pour je j ai mon ma aujourdhui hier suis vais maison on il elle nous vous".split()
)
"""Words that stand in nearly every text."""
