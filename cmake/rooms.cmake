# aftermile_room(NAME LINKS room... EXTERNAL library... [POSTGRES])
#   src/NAME/**/*.cpp becomes the library NAME; *_test.cpp beside them the test NAME_tests.
#   Adding a file needs no edit here. POSTGRES: its tests run beside a PostgreSQL of their own.
function(aftermile_room name)
    cmake_parse_arguments(ROOM "POSTGRES" "" "LINKS;EXTERNAL" ${ARGN})
    file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/${name}/*.cpp)
    set(tests ${sources})
    list(FILTER tests INCLUDE REGEX "_test\\.cpp$")
    list(FILTER sources EXCLUDE REGEX "_test\\.cpp$")
    list(FILTER sources EXCLUDE REGEX "/src/app/main\\.cpp$")
    if(sources)
        add_library(${name} STATIC ${sources})
        set(scope PUBLIC)
        target_compile_options(${name} PRIVATE ${AFTERMILE_WARNINGS})
        if(AFTERMILE_UNITY AND name MATCHES "^(connectors|surface|text)$")
            set_target_properties(${name} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 6)
        endif()
    else()
        add_library(${name} INTERFACE)
        set(scope INTERFACE)
    endif()
    target_include_directories(${name} ${scope} ${CMAKE_SOURCE_DIR}/src)
    target_link_libraries(${name} ${scope} ${ROOM_LINKS} ${ROOM_EXTERNAL})
    if(tests)
        if(ROOM_POSTGRES)
            set(beside POSTGRES)
        endif()
        aftermile_test(${name}_tests SOURCES ${tests} LINKS ${name} LABELS room ${beside})
    endif()
endfunction()

# aftermile_test(NAME SOURCES file... LINKS library... [LABELS label...] [TIMEOUT seconds]
#                [POSTGRES])
#   A GoogleTest program, registered as one ctest entry of the same name. Tests find the source
#   tree by AFTERMILE_SOURCE_DIR and the program under test by AFTERMILE_PROGRAM (environment),
#   with POSTGRES also a database by AFTERMILE_TEST_POSTGRES.
function(aftermile_test name)
    cmake_parse_arguments(TEST "POSTGRES" "TIMEOUT" "SOURCES;LINKS;LABELS" ${ARGN})
    add_executable(${name} ${TEST_SOURCES})
    target_compile_options(${name} PRIVATE ${AFTERMILE_WARNINGS})
    target_link_libraries(${name} PRIVATE ${TEST_LINKS} GTest::gmock GTest::gtest_main
        rapidcheck)
    if(TEST_POSTGRES)
        set(beside Python3::Interpreter ${CMAKE_SOURCE_DIR}/tools/with_postgres.py)
    endif()
    add_test(NAME ${name} COMMAND ${beside} $<TARGET_FILE:${name}> --gtest_brief=1)
    aftermile_test_properties(${name} TIMEOUT "${TEST_TIMEOUT}" LABELS ${TEST_LABELS})
endfunction()

# The environment and limits that every ctest entry shares.
function(aftermile_test_properties name)
    cmake_parse_arguments(PROPERTY "" "TIMEOUT" "LABELS" ${ARGN})
    if(NOT PROPERTY_TIMEOUT)
        set(PROPERTY_TIMEOUT 300)
    endif()
    set(cost 1)
    if(PROPERTY_LABELS MATCHES "room|house")
        set(cost 100)  # the quick ones first
    endif()
    set_tests_properties(${name} PROPERTIES
        TIMEOUT ${PROPERTY_TIMEOUT}
        COST ${cost}
        LABELS "${PROPERTY_LABELS}"
        WORKING_DIRECTORY ${CMAKE_BINARY_DIR})
    set_property(TEST ${name} PROPERTY ENVIRONMENT
        AFTERMILE_SOURCE_DIR=${CMAKE_SOURCE_DIR}
        AFTERMILE_PROGRAM=${CMAKE_BINARY_DIR}/aftermile
        AFTERMILE_SANITIZED=${AFTERMILE_SANITIZE}
        PYTHONDONTWRITEBYTECODE=1)
endfunction()

# aftermile_program(NAME main.cpp): the product's program, at the top of the build folder.
function(aftermile_program name main)
    file(GLOB found CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${main})
    if(NOT found)
        return()
    endif()
    add_executable(${name} ${found})
    target_compile_options(${name} PRIVATE ${AFTERMILE_WARNINGS})
    target_link_libraries(${name} PRIVATE app)
    set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR})
endfunction()
