"""Companies, places, programs and laws of nature that are called like people."""

from typing import Final

from flywheel.scrub.directory import WORDS_TOO
from flywheel.scrub.vocabulary import NAMES_TOO, NOT_IN_NAMES, VERBS

HOUSES: Final = frozenset(
    """
    abbott abercrombie adams adidas alcoa alexion allergan allstate altria anthem applebee arby
    archer aston audi avery avis avon bain baird baker ball bally barclay barclays barnes
    bata baxter bayer beam bechtel becton bell berkshire best black blackstone bloomberg
    bloomingdale bloomin boeing booz borden boston brink brinker brown brunswick burberry burger
    burlington busch cadbury campbell cardinal cargill carlyle carnival carrefour
    carrier carter cartier cerner chanel charter chili christie chubb cigna cisco citi
    clorox coach colgate collins conagra coors corning costco coty coutts covance cowen crane crest
    crown cummins daimler danaher danone darden deere dell deloitte dentsply dillard
    disney dolby dole domino donaldson dover dow duke dunkin dupont duracell dyson eaton ecolab
    edison einstein electrolux emerson epson equifax ericsson ernst evercore fannie
    fargo fastenal ferrari ferrero fiat fidelity fisher fitch fluor foot ford fortive fossil foster
    fox franklin freddie gallup gamble gap garmin gartner geico general genentech gerber gilead
    gillette glaxo goldman goodyear graco grainger grant greene greyhound grumman gucci guess
    halliburton hanes hanover harley harman harris hartford hasbro hasselblad hearst heineken heinz
    henkel hermes hershey hertz hess hewitt hewlett hilti hilton hitachi holiday holland hollister
    home honda hoover hormel houghton huawei humana hunt huntington hyatt hyundai ikea illumina
    ingersoll instacart intuit invesco jacobs jaguar janssen jared jazz jefferies
    johns johnson jones kay keebler kellanova kellogg kenvue keurig kiewit knorr koch
    kohl kraft kroger kyocera lam lamb land lazard lear leidos lenovo lennar levi levis lilly
    lincoln
    lindt linde lockheed loreal louis lowe lowes lucent lumen macys mailchimp marathon marks
    marriott mars marsh mattel maxim mazda mccormick mcdonald mcdonalds mcgraw mckesson
    mckinsey medtronic mellon mercedes merck meredith merrill metlife michelin michaels micron
    miele miller mitsubishi mohawk mondelez monsanto moody moodys morgan morningstar morrison
    morrisons mosaic motorola murphy mylan nabisco nasdaq navarro nestle newell newmont nielsen nike
    nikon nissan noble nokia nordstrom novartis nucor nvidia otis owens packard palantir panera
    parker patterson pearson penney penske pepsi perrigo peugeot pfizer philips phillips
    pillsbury pilgrim piper polaris pollo popeyes porsche praxair procter pru prudential puma quaker
    quest ralston raymond raytheon reebok regal renault revlon reynolds ritz roche
    rockwell rogers rolex ross ruger ryder safeway sainsbury sainsburys sanofi santander schein
    schindler schlumberger schneider scholastic schwab scotts scripps sears sephora shell sherwin
    siemens sinclair singer smucker sodexo sony sotheby southwest spencer sprint stanley
    staples starbucks steinway stellantis stifel stryker subaru subway suez suzuki swiss symantec
    sysco tanger target taylor tesco tesla texaco textron thales theranos thermo thomson thor
    timberland toyota tsingtao turner twilio tyson unilever upjohn valero vanguard verizon vermeer
    viacom virgin visa vivendi volvo walgreen walgreens walmart walton warner waters watson weber
    aspen barbie bentley bronco cadence celine chico elmo kirby lennox maverick olin stepan tiffany
    toro zara
    wegmans wells welltower wendys werner weston weyerhaeuser whirlpool whitney wiley williams
    willis winnebago wrigley wyeth wyndham xerox yamaha yum zale zeiss zillow zimmer zoetis
    """.split()
)
"""Makers, banks, shops and makes by the one word that they are called by, less a possessive's s."""

_PLACES: Final = frozenset(
    """
    adelaide augusta durham irving trenton
    adana alberta alexandria amiens arcadia argentina asti bari bergen berlin bern bethlehem
    bismarck bonn bratislava bulgaria cairo california cambridge carson catalonia cheyenne
    chile chester cologne colombo columbus corsica crete cuba cyprus dayton delaware dijon
    dominica dresden dublin eden edinburgh elba everest faro florida formosa france fremont
    frisco galilee geneva genoa guadalupe guam halifax hamilton hanover ireland italia italy
    jamaica jena jericho jordan juneau kiel kingston laramie lebanon leon lisbon lucca luxor macon
    madeira madrid maine malta manchester manila marietta maryland mecca medina memphis
    messina milan milano modesto monaco montana monterey montevideo montgomery montreal munich
    nevada normandy odessa olympia orlando oxford padua palermo palma panama pasadena patagonia
    persia pisa plymouth portland potsdam prague provence quebec quincy raleigh ravenna
    redmond reno richmond riga rochester sacramento sahara salem salvador samara samoa
    savoy scotland selma seville shelby siberia siena sofia sparta surrey sussex texas toledo
    toronto trento trinidad troy tulsa tunis tuscany ulster utah valencia venezia venice
    verona victoria wales warsaw winchester windsor worcester wyoming zurich
    roma sevilla lyon lille nice tours alsace bremen essen halle hamburg hagen
    jupiter mercury saturn mars venus pluto neptune orion andromeda titan europa
    irish scottish english welsh french spanish dutch danish swedish italian german polish thai
    turkish arab indian roman persian amish cherokee cheyenne navajo apache brit dane finn
    christian muslim jewish islam catholic christ buddha allah krishna shiva vishnu zeus
    """.split()
)
"""Towns, countries, stars, peoples and gods."""

_MADE: Final = frozenset(
    """
    ada ansible apollo ariane athena bard celery claude clojure cobol coral cortana
    dagger delphi django eiffel elixir elm emacs erlang falcon flask fortran gemini gopher
    gradle grok haskell helm hermes hudson jenkins jest jira jolt jupyter kafka keras
    kibana kotlin kubernetes laravel lean llama lua lucene maven marvel mistral nim nix numpy odoo
    opus pandas pascal perl phoenix plato polars prolog prometheus python racket rails raku redis
    rosetta ruby rust sage sass scala scheme selenium siri smalltalk solr sonnet spark spring stan
    swift tableau terraform tex travis tux vala verilog vim vite watson weka wolfram zeppelin
    zig trace chia tuna ender anime akira edo dahlia ginger saffron
    juniper magnolia alder chestnut misty dusty
    bayes bernoulli black boole boyle brent carnot cauchy celsius coulomb doppler dijkstra
    euclid euler faraday fahrenheit fermat fibonacci fourier gauss gini godel hamming
    heisenberg hilbert hubble hume huffman jensen joule kant kepler keynes laplace laffer
    leibniz levenshtein lorentz mandelbrot markov maslow mendel merton monte moore murphy
    nash newton nobel nyquist occam ohm pareto pavlov planck poisson pulitzer pythagoras riemann
    scholes scrooge sharpe socrates sortino turing volta watt wald weber
    mother father mom mum dad papa mama daddy mommy grandma grandpa uncle aunt auntie baby
    christmas easter halloween thanksgiving diwali ramadan hanukkah advent monday
    dia lune wether via dei vom nein yes let good born holder namn nome nombre naam imie nom
    list loop lack small winter post ball boom wait due thus ham fare harder name weight day key end
    pain eggs salmon moon master lord true golden loi craft flint ender banks peel bars sharp green
    blank brand burn call case cash chance change close cook copy count cross cut deal draft draw
    drop english fill find flag flow force form frame front go gray group grow guess help hide hold
    house hunt join jump keep kick king lift light link load lock look main map mask match mean melt
    merge mix move nail need note pace pack page pair park pass path pick pin place plan play pop
    press price print pull push queen race rain raise read rest ride risk rock root round row rule
    run sale save scan scroll seal search seed sell send shift show sign sing skip sleep slice slide
    snow sort speak spell spend split spot spray stack stamp start state stay step stock stop store
    strong style sum swap sweep switch tag talk task test tie touch track trim trust try tune turn
    type view vote walk want warm wash watch wave wear weigh win wipe wish work wrap write yield
    vital
    visa pan vin maestro iban bic swift chip cvv
    """.split()
)
"""Programs, languages, plants, units, methods; forms of address; words that lists hold as names."""

_MEASURED: Final = frozenset(
    "betrag grosse gewinn kosten menge preis stand steuer summe wert zahl zins".split()
)
"""German nouns of reports that are surnames, too; capitalised wherever they stand."""

SHOPS: Final = frozenset(
    """
    arby applebee bloomingdale carl casey chili christie claire denny dick dillard domino friendly
    hardee jerry joe kellogg kohl levi lloyd lowe macy marie mcdonald moody papa peet sam sotheby
    stouffer tiffany trader wendy zaxby valentine patrick murphy wrigley reese lay nathan martin
    """.split()
)
"""A possessive of these is a shop's, a maker's or a holiday's name: Wendy's, Lay's, Patrick's."""

PEOPLE_TOO: Final = frozenset(
    """
    mark tony angel victor glen penny dean guy frank max miles hunter carter tyler taylor parker
    mason cooper jack charlotte victoria jackson grace faith
    hope joy will bill rich rob drew pat sue rose iris ivy jade amber crystal dawn eve gene chad
    adelaide augusta bentley celine irving kirby lennox tiffany trenton zara
    royce rod rita ella norma don dana perry sid stan sonny sandy vera april june summer ruby lee
    julia stella eva basil kent hall lane wade dale heath clay rick ben reed porter walker
    """.split()
)
"""Words and places, too, but of people as often: a model's word, or a role's, counts for them."""

NAMESAKES: Final = (
    frozenset(word for word in HOUSES | _PLACES | _MADE | _MEASURED)
    | (NOT_IN_NAMES - NAMES_TOO)
    | WORDS_TOO
    | VERBS
)
"""A word of these, alone, is no sign of a person."""
