"""First names and surnames that are also words, places, months or firms: standing alone, they cannot be told apart.

Chosen by hand from the names in ``us_names`` that occur as words in English prose.  The list errs on the side of the
word: a name on it is not drawn for a résumé, and in free text it is taken for a name only beside its surname.
"""

from __future__ import annotations

_WORDS = """
    abbey able ace ad agent alien ally alpha amber an angel any apple april arbor archer aria arrow art ash aspen
    aster atlas august aura autumn ave axel azure baby bail baker ball banker banks barber bard bare barge barn
    baron barr base bass bay beam bear beck bee bell belle berry best bill billow binder birch bird bishop black
    blade blank blaze bliss block blocker bloom blossom blue bob bolivar bolt bond book boss bounds bow bowman box
    boy brand bravo breeze bridge bridges bright bronze brook brooks brown buck bud bull bunch bunny burden burger
    bush butcher butler button cable cache cadence camp candy cannon card cards cargo carpenter carrier carry carter
    cash castle celeste chan chance chancellor chandler chanel channel chant chapel chapman charity charm chase
    cherish cherry chi chief childs chin chip chiquita cho christ christian christmas cicero clay clever cloud
    clover coach coal coin colon colt comfort cone constance constant cook cookie coop cooper cope coral core cork
    corn counts courage court craft crane creed creek crisp cross crow crown crystal cyan cycle daily daisy dame
    dance dandy daring dash dat data dawn day deacon deal dean dear deb deep del delta desire destiny dev dew dial
    diamond dick dignity dill diversity do doc dollar dom don dot dove dow drake dream drew driver duke dusty dye
    eagle earl early earnest east easter easy echo eden edge ely ember emerald eng english epiphany era essence
    ester eternity evening ever evers excel faith falcon falls fame fan fancy fanta farmer fate favor favour
    fawn fe fern field fields fine finish fish fisher flood flor flora florist flower flowers foot force ford forest
    forge fortune fountain fox frame france frank free freedom freeman french friend frost fry fuller gale gardener
    gardner garland garner garnet garrison gates gauge gay gem general genesis genie gent german gift ginger glass
    glen glory glover god gold golden goldie good goodman goose grace gracious graham granger grant grass gray green
    grey gross grove guess guest gun gunner guy guys ha hail hale halo ham hand handy hang happy hard hardy hare
    harm harmony harp harper harsh hart harvest hatch haven hawk hazel head heard heart heath heather heaven
    heavenly helm herald hero high hill hills him ho holder holiday holly holy honest honey honor honour hood hook
    hooks hope hopes hour house houses hue huge hull humble hung hunt hunter hurt hutch ice in india indigo infant
    ink innocence innocent ion iris iron island ivory ivy jack jade jar jasmine jasper jay jazz jet jewel job jolly
    joy jubilee judge juice july june junior juniper jury just justice justo kay key keys khaki kind king kingdom
    kings kite kitten kitty knight knot ko la lace lad lady lake lamb lance land lane lark lass last laurel lavender
    law lawn laws lawyer lay le lea leaf lean legacy legend lever levy liberty light lil lilac lily lime line link
    lion little lo loan lock lodge log lord lot lotus love loveless lovely low loyal loyalty luck lucky lush lyric
    ma mace mack magic magnolia mahogany mai maiden main majesty major male malt man mandarin manly manual maple
    march mariner mark marker marks marsh marshal marshall mason mast master masters mat may mayor me mead meadow
    mean means media melody memory men mercy merit merle merry messiah midnight mile miles mill miller mills mine
    mineral mini mink minor miracle mire misty mock modesto moment monarch monday money monk moon moor moral morning
    moss most mount muse musk must my myrtle nail nan nation nature navy near neat nelly noble noel none noon norm
    north notion nova novel nu nun nur oak oaks ocean office olive omega on opal orange orchard orchid order organ
    oriole osprey ox pack packer page painter palm pan panda pansy paradise parent park parker parks part passion
    pastor pat patience paul payne peace peach peak pearl pen penny pepper per peril petal phoenix pi pierce
    pike pilot pine pink piper pitman pitt plant plum poe poet point polite pollard ponder pool poor pope poppy port
    porter post potter powder power powers praise pray prayer precious present president price pride priest prime
    primitivo primrose prince princess prior prize prof promise prosper psalm purity quarry queen quest quick quill
    quince radiant rain rainbow raine ram ramble ran rand range ranger raven ravine ray read ready reason rebel red
    reed reef regal reign rein rest return rex rhyme rice rich richmond ridge right ring rise river rivers road
    robin robins rock rocket rocky rod rogue roll rolling roman romance romeo rook rose rosemary rosy round rover
    rowan royal royalty ruby rue rule rush russet rust rye sable safe saffron sage sailor saint salmon salt sample
    sand sandy sapphire sash saturday saunter savage savanna savior saviour say scales scarlet scout sea seal season
    see segundo self sell sequoia serene serenity sergeant seven shade shadow shady shark sharp shaw shell shepherd
    sheriff shield shine shore short sierra silence silk silver sims sin singer sir sister skip skipper sky skye
    slate slater sleet small smart smith smoke snow so sol soldier solo son song sonnet soon soul south sow spark
    sparkle sparks sparrow spear special spence spicer spike spring sprout squire stack star stark stars steel stem
    step sterling steward stock stone storm stormy story stout straw stream street strong style su success sue sum
    summer summit sun sunday sunny sunshine swan sweet swift sword sylvan tab tag tailor tally talon tan tanner tar
    tara tart tate tawny tea teak teal tell temper temperance temple tender tequila thanks the thorn thyme tide
    tiger timber time tin ting tiny tip to token tom ton topaz torn tour tower town townsend trace track trader
    travel treasure tree trey trinity trip triumph troop trooper troth trout true trust truth tuck tucker tuesday
    tulip tune turner twain tye tyke unique unity universe usher vale valentine valiant valley valor van vanity vast
    velvet venture verily verity verse vesper vest vi victory view vine viola violet virtue vision vista vivid vogue
    vow wagon waiter waiters wake walker wall wander ward ware warm warrior wash water waters watt watts wave way
    ways wealth web wednesday week weeks weld welder well wells west wheat wheel wheeler whisper white whole wick
    wild wilder will willow wills win wind windy wing winner winsome winter wise wish wit wolf wonder wood woods
    woodward woody wool word work world worth worthy wren wright yarrow yen you young yule zeal zen zenith zephyr
    zinnia
"""

_PLACES_AND_FIRMS = """
    abilene adelaide africa akron alabama alaska alexandria america arlington asia athens atlanta auburn augusta
    austin australia avalon bahama beijing bentley berkeley berlin bethany bethel bethlehem boston boulder brazil
    brighton bristol britain brittany brooklyn cairo cali california cambridge canaan carolina catalina charleston
    charlotte chelsea chester cheyenne chicago chile china cleveland clinton colorado columbia columbus concord
    cordova corona covington cuba cyprus dakota dallas damascus dayton deere delaware dell denmark denver devon
    disney dixie dover dublin dupont durham easton eaton egypt england essex europe everest fairfax finland florence
    florida ford fulton galilee galveston geneva genoa georgetown georgia glasgow gucci hamilton hamlet hampton
    harlem harvard hawaii helena hilton holland honda houston hudson hyde independence indiana ireland israel italy
    jackson jamaica java jefferson jericho jersey jerusalem johnson jordan judea kent kenton kentucky kenya kingston
    kobe korea lafayette lagos lancaster laramie laredo leeds lexington lexus lima lincoln lisbon london louisiana
    lourdes loyola lux luxor macon madeira madison madrid malaysia mali malta manchester manhattan marina medina
    memphis mercedes mesa mexico miami michigan milan milford milton mississippi monroe montana montgomery morgan
    moscow myrtle nairobi napoli nazareth nevada newton nike nile nixon norfolk normandy norway oakland oakley
    odessa ohio olympia orlando oslo oxford palermo palestine panama paris pasadena pennsylvania persia philadelphia
    phoenix porsche portland preston princeton providence quincy regent reno rhine rhodes richland rio rochester
    rome russia sahara salem salisbury samaria samoa sanford savannah scotia scotland seattle sedona senegal seville
    shanghai shannon sharon shasta sheffield shelby sheridan sidney siena sinai singapore somalia somerset sonoma
    sony spain sparta stanford stratford sudan sussex sweden sydney syracuse syria tahoe tennessee tesla texas
    tiffany tijuana tokyo toledo trenton tulsa turkey ukraine utah valencia vegas venice vermont verona versailles
    vienna virginia wales walton warsaw washington waverly wellington wells wesley westminster weston wichita
    windsor winston wyoming york zion zurich
"""

ALSO_WORDS = frozenset(_WORDS.split()) | frozenset(_PLACES_AND_FIRMS.split())
"""In lower case."""
