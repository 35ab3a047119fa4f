# The data files that travel inside the program: read through src/base/embedded.hpp under their
# path in the repository ("catalog/...", "web/dist/index.html").
find_package(Python3 REQUIRED COMPONENTS Interpreter)

file(GLOB_RECURSE embedded_paths CONFIGURE_DEPENDS RELATIVE ${CMAKE_SOURCE_DIR}
    catalog/* policies/*.toml openapi/*.yaml web/dist/*
    src/*.html src/*.mustache src/*.css src/*.js src/*.svg src/*.sql)

set(embedded_dir ${CMAKE_BINARY_DIR}/embedded)
file(MAKE_DIRECTORY ${embedded_dir})
list(SORT embedded_paths)
list(JOIN embedded_paths "\n" embedded_list)
file(CONFIGURE OUTPUT ${embedded_dir}/paths.txt CONTENT "${embedded_list}\n" @ONLY)
list(TRANSFORM embedded_paths PREPEND ${CMAKE_SOURCE_DIR}/ OUTPUT_VARIABLE embedded_inputs)

add_custom_command(
    OUTPUT ${embedded_dir}/embedded.bin ${embedded_dir}/embedded.gen.S
           ${embedded_dir}/embedded.gen.cpp
    COMMAND Python3::Interpreter ${CMAKE_SOURCE_DIR}/tools/embed.py
            ${CMAKE_SOURCE_DIR} ${embedded_dir}/paths.txt ${embedded_dir}
    DEPENDS ${embedded_inputs} ${embedded_dir}/paths.txt ${CMAKE_SOURCE_DIR}/tools/embed.py
    COMMENT "Embedding data files"
    VERBATIM)
set_source_files_properties(${embedded_dir}/embedded.gen.S PROPERTIES
    OBJECT_DEPENDS ${embedded_dir}/embedded.bin
    INCLUDE_DIRECTORIES ${embedded_dir})

add_library(embedded STATIC ${embedded_dir}/embedded.gen.S ${embedded_dir}/embedded.gen.cpp)
target_include_directories(embedded PRIVATE ${CMAKE_SOURCE_DIR}/src)
